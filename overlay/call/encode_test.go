package call_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

type createBody struct {
	Name     string            `json:"name"`
	Password secret            `json:"password"`
	Token    *secret           `json:"token,omitzero"`
	Keys     []secret          `json:"keys,omitzero"`
	Named    map[string]secret `json:"named,omitzero"`
	Capacity *uint64           `json:"capacity,omitzero"`
	Comment  *string           `json:"comment,omitempty"`
	Role     []string          `json:"role,omitzero"`
	Free     any               `json:"free,omitzero"`
	Nested   *createBody       `json:"nested,omitzero"`

	Maybe nullable[secret] `json:"maybe,omitempty"`
}

func sent(t *testing.T, body any) string {
	t.Helper()
	s := answers(200, "")
	if err := client(s).Do(context.Background(), "POST", "/x", body, nil); err != nil {
		t.Fatal(err)
	}
	return s.sent
}

func TestBodies(t *testing.T) {
	token, capacity, empty := newSecret(`t"2`), uint64(18446744073709551615), ""
	for _, test := range []struct {
		name string
		body any
		want string
	}{
		{"nothing set is not sent", &createBody{Name: "a"}, `{"name":"a","password":""}`},
		{"nil list not sent, empty one is", &createBody{Role: []string{}, Keys: nil}, `{"name":"","password":"","role":[]}`},
		{"pointer to an empty string is sent", &createBody{Comment: &empty}, `{"name":"","password":"","comment":""}`},
		{"pointer to an empty secret is sent", &createBody{Token: new(secret)}, `{"name":"","password":"","token":""}`},
		{"exact integers", &createBody{Capacity: &capacity}, `{"name":"","password":"","capacity":18446744073709551615}`},
		{"no HTML escapes", &createBody{Name: "a<b>&c\u2028"}, "{\"name\":\"a<b>&c\u2028\",\"password\":\"\"}"},
		{
			"secrets in clear",
			&createBody{Password: newSecret("p1"), Token: &token, Keys: []secret{newSecret("k1")}, Named: map[string]secret{"z": newSecret("1"), "a": newSecret("2")}},
			`{"name":"","password":"p1","token":"t\"2","keys":["k1"],"named":{"a":"2","z":"1"}}`,
		},
		{
			"secrets further down", &createBody{Free: []any{token, &token, map[string]any{"k": newSecret("k2")}}, Nested: &createBody{Password: newSecret("p2")}},
			`{"name":"","password":"","free":["t\"2","t\"2",{"k":"k2"}],"nested":{"name":"","password":"p2"}}`,
		},
		{"a nullable secret", &createBody{Maybe: nullable[secret]{true: newSecret("p5")}}, `{"name":"","password":"","maybe":"p5"}`},
		{"null", &createBody{Maybe: nullable[secret]{false: {}}}, `{"name":"","password":"","maybe":null}`},
		{"a nullable that is not set", struct {
			N nullable[string] `json:"n"`
		}{}, `{"n":""}`},
		{"secret JSON", []any{newSecretJSON(`{"t": 1.0}`), secretJSON{}}, `[{"t":1.0},null]`},
		{"a secret that is not set", struct {
			S secret     `json:"s,omitzero"`
			J secretJSON `json:"j,omitzero"`
		}{}, `{}`},
		{"a secret alone", newSecret("p3"), `"p3"`},
		{"maps in order", map[string]any{"b": 1, "a": newSecret("p4"), "c": nil}, `{"a":"p4","b":1,"c":null}`},
		{"prepared JSON", json.RawMessage(`{"b":1.0,"a":2}`), `{"b":1.0,"a":2}`},
		{"numbers as they were read", map[string]any{"n": json.Number("11326619722725392385")}, `{"n":11326619722725392385}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := sent(t, test.body); got != test.want {
				t.Errorf("sent %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestBodiesThatAreRefused(t *testing.T) {
	for name, body := range map[string]any{"channel": make(chan int), "broken JSON": json.RawMessage(`{"a":`), "no number": json.Number("1; x")} {
		s := answers(200, "")
		if err := client(s).Do(context.Background(), "POST", "/x", body, nil); !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
			t.Errorf("%s: got %v, want an invalid argument and nothing sent", name, err)
		}
	}
}
