package api_test

import (
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
)

var whole = api.Definition{
	ID: "getThing", Method: "GET", Path: "/things/{uid}", Service: "Things", GoMethod: "Get", Since: "5.1",
	Class: api.ClassSafe, Result: api.ResultData, Auth: api.AuthJWT, Deprecated: true, Inferred: true,
	Parameters: []api.Parameter{
		{Name: "uid", In: "path", Style: "simple", Required: true},
		{Name: "filter", In: "query", Style: "form", Explode: true},
	},
}

// An operation says what it was made of.
func TestOperation(t *testing.T) {
	o := api.NewOperation(whole)
	for what, same := range map[string]bool{
		"id": o.ID() == whole.ID, "method": o.Method() == whole.Method, "path": o.Path() == whole.Path,
		"service": o.Service() == whole.Service, "Go method": o.GoMethod() == whole.GoMethod, "since": o.Since() == whole.Since,
		"class": o.Class() == whole.Class, "result": o.Result() == whole.Result, "auth": o.Auth() == whole.Auth,
		"deprecated": o.Deprecated(), "inferred": o.Inferred(),
		"parameters": slices.Equal(slices.Collect(o.Parameters()), whole.Parameters),
	} {
		if !same {
			t.Errorf("the %s is another", what)
		}
	}
	var none api.Operation
	if none.ID() != "" || none.Deprecated() || none.Inferred() || none.Auth() != api.AuthBearer || slices.Collect(none.Parameters()) != nil {
		t.Error("the zero Operation says something")
	}
}

// What a program does with a parameter that it was given does not change the operation.
func TestOperationDoesNotChange(t *testing.T) {
	o := api.NewOperation(whole)
	all := slices.Collect(o.Parameters())
	all[0].Name = "other"
	if again := slices.Collect(o.Parameters()); again[0].Name != "uid" {
		t.Errorf("a parameter is now %+v", again[0])
	}
}

// Each call iterates over the parameters.
func TestParametersDoNotAllocate(t *testing.T) {
	o := api.NewOperation(whole)
	if n := testing.AllocsPerRun(100, func() {
		for p := range o.Parameters() {
			if p.Name == "" {
				t.Error("no name")
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
