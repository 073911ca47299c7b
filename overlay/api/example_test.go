package api_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// opGetThing stands for a row of a generated table, such as wekaapi.OpGetFileSystem.
var opGetThing = api.NewOperation(api.Definition{
	ID: "getThing", Method: "GET", Path: "/things/{uid}", Class: api.ClassSafe, Result: api.ResultData,
	Parameters: []api.Parameter{{Name: "uid", In: "path", Style: "simple", Required: true}},
})

// thingsService stands for a generated service.
type thingsService struct{ caller api.Caller }

func (s thingsService) Get(ctx context.Context, uid string, options ...api.CallOption) (result string, err error) {
	err = s.caller.Call(ctx, opGetThing, []any{uid}, nil, nil, &result, options...)
	return result, err
}

// fixed is a Caller for a test: every result is the same.
type fixed string

func (f fixed) Call(_ context.Context, op *api.Operation, path []any, _ api.Params, _, result any, _ ...api.CallOption) error {
	fmt.Println(op.ID(), op.Method(), op.Path(), path)
	return json.Unmarshal([]byte(f), result)
}

// A generated service sends its operations through any Caller. Front doors pass one that
// sends them to a server, tests one of their own.
func ExampleCaller() {
	things := thingsService{fixed(`"a thing"`)}
	fmt.Println(things.Get(context.Background(), "u1"))
	// Output:
	// getThing GET /things/{uid} [u1]
	// a thing <nil>
}

// A Secret shows its text only if it is asked to.
func ExampleSecret() {
	password := api.NewSecret("hunter2")
	text, err := json.Marshal(map[string]any{"user": "admin", "password": password})
	fmt.Println(password, string(text), err)
	fmt.Println(password.Reveal(), password == api.NewSecret("hunter2"))
	// Output:
	// [redacted] {"password":"[redacted]","user":"admin"} <nil>
	// hunter2 true
}
