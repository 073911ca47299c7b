package call_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// What lies beneath is made when the class is known and the secrets are hidden, and of
// HTML too, with the context of the call.
func TestBeneathSeesTheWholeError(t *testing.T) {
	type callerKey struct{}
	ctx := context.WithValue(t.Context(), callerKey{}, true)
	var seen []call.Error
	cause := errors.New("do this")
	explain := func(c *call.Config) {
		c.Beneath = func(ctx context.Context, e *call.Error) error {
			if ctx.Value(callerKey{}) == nil {
				t.Error("the context is not the caller's")
			}
			seen = append(seen, *e)
			return cause
		}
	}
	body := &createBody{Password: newSecret("hunter22")}
	for _, test := range []struct {
		status int
		answer string
		class  error
	}{
		{400, `{"message":"hunter22 is weak"}`, call.ErrValidation},
		{404, `<html></html>`, call.ErrRouteMissing},
	} {
		seen = nil
		err := client(answers(test.status, test.answer), explain).Call(ctx, "create", nil, nil, body, new(any))
		if !errors.Is(err, cause) || !errors.Is(err, test.class) || !strings.Contains(err.Error(), "do this") {
			t.Errorf("got %v", err)
		}
		if len(seen) != 1 || !errors.Is(seen[0].Class, test.class) || strings.Contains(seen[0].Message+string(seen[0].Data), "hunter22") {
			t.Errorf("saw %v with %s", seen, seen[0].Data)
		}
	}
}

// Whoever asks for the raw answer gets it, however many ask.
func TestRawBodyForSeveral(t *testing.T) {
	var one, other []byte
	err := client(answers(200, `{"data":{"a":1}}`)).Call(t.Context(), "whole", nil, nil, nil, new(map[string]any), call.WithRawBody(&one), call.WithRawBody(&other))
	if err != nil || string(one) != `{"data":{"a":1}}` || string(other) != string(one) {
		t.Errorf("got %s and %s, %v", one, other, err)
	}
}

type generatedParameter struct {
	Name, In, Style   string
	Explode, Required bool
}

type generatedOperation struct {
	ID, Method, Path, Service, GoMethod string
	Since, Class, Result, Auth          string
	Deprecated, Inferred                bool
	Parameters                          []generatedParameter
}

func TestTableOfAGeneratedPackage(t *testing.T) {
	table := call.Table([]generatedOperation{{
		ID: "id", Method: "GET", Path: "/p/{x}", Service: "S", GoMethod: "G", Since: "5.1", Class: "safe", Result: "data", Auth: "jwt",
		Deprecated: true, Inferred: true, Parameters: []generatedParameter{{Name: "x", In: "path", Style: "simple", Explode: true, Required: true}},
	}})
	want := call.Operation{
		ID: "id", Method: "GET", Path: "/p/{x}", Service: "S", GoMethod: "G", Since: "5.1", Class: "safe", Result: "data", Auth: "jwt",
		Deprecated: true, Inferred: true, Parameters: []call.Parameter{{Name: "x", In: "path", Style: "simple", Explode: true, Required: true}},
	}
	if got := table["id"]; got == nil || !reflect.DeepEqual(*got, want) || len(table) != 1 {
		t.Errorf("got %+v", table)
	}
}
