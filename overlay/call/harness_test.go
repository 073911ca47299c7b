package call_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// server stands for the transport and the server behind it: it keeps what was
// sent and gives one answer.
type server struct {
	status  int
	header  http.Header
	body    io.Reader
	err     error
	request *http.Request
	sent    string
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	s.request = r
	if r.Body != nil {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.sent = string(content)
	}
	if s.err != nil {
		return nil, s.err
	}
	answer := &http.Response{StatusCode: s.status, Header: s.header, ContentLength: -1}
	if s.body != nil {
		answer.Body = io.NopCloser(s.body)
	}
	return answer, nil
}

func answers(status int, body string) *server {
	return &server{status: status, header: http.Header{}, body: strings.NewReader(body)}
}

// operations is a table as the generator makes it, by id.
var operations = table(
	api.Definition{
		ID: "getOne", Method: "GET", Path: "/fileSystems/{uid}", Class: api.ClassSafe, Result: api.ResultData,
		Parameters: []api.Parameter{{Name: "uid", In: "path", Style: "simple", Required: true}},
	},
	api.Definition{ID: "whole", Method: "GET", Path: "/jobs/", Class: api.ClassSafe, Result: api.ResultBody},
	api.Definition{ID: "create", Method: "POST", Path: "/fileSystems", Class: api.ClassOnce, Result: api.ResultData},
	api.Definition{ID: "remove", Method: "DELETE", Path: "/jobs/{id}/tasks/{task}/", Class: api.ClassIdempotent, Result: api.ResultNone},
	api.Definition{ID: "revoke", Method: "DELETE", Path: "/users/{uid}/revoke", Class: api.ClassOnce, Result: api.ResultNone},
	api.Definition{ID: "basicOnly", Method: "POST", Path: "/ldap", Result: api.ResultNone, Auth: api.AuthBasic},
	api.Definition{
		ID: "search", Method: "GET", Path: "/search", Result: api.ResultNone,
		Parameters: []api.Parameter{
			{Name: "next_token", In: "query", Style: "form", Explode: true},
			{Name: "ids", In: "query", Style: "form", Explode: true},
			{Name: "csv", In: "query", Style: "form"},
			{Name: "piped", In: "query", Style: "pipeDelimited"},
			{Name: "filter", In: "query", Style: "deepObject"},
			{Name: "stat", In: "query", Style: "deepObject", Explode: true},
			{Name: "fresh", In: "query", Style: "form", Explode: true},
			{Name: "ratio", In: "query", Style: "form", Explode: true},
			{Name: "key", In: "query", Style: "form", Explode: true},
			{Name: "limit", In: "query", Style: "form", Explode: true},
		},
	},
	api.Definition{
		ID: "matrix", Method: "GET", Path: "/matrix/{id}", Result: api.ResultNone,
		Parameters: []api.Parameter{{Name: "id", In: "path", Style: "matrix", Required: true}},
	},
)

func table(definitions ...api.Definition) map[string]*api.Operation {
	all := make(map[string]*api.Operation, len(definitions))
	for _, d := range definitions {
		all[d.ID] = api.NewOperation(d)
	}
	return all
}

func allOperations() []*api.Operation { return slices.Collect(maps.Values(operations)) }

func client(transport http.RoundTripper, change ...func(*call.Config)) *call.Client {
	base, err := url.Parse("https://weka01:14000/api/v2")
	if err != nil {
		panic(err)
	}
	config := call.Config{Base: base, Transport: transport, UserAgent: "hotcold/test"}
	for _, c := range change {
		c(&config)
	}
	return call.New(config)
}

// failed gives the *call.Error that every failing call returns.
func failed(t *testing.T, err error) *call.Error {
	t.Helper()
	var e *call.Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T, want a *call.Error: %v", err, err)
	}
	return e
}

func get(s http.RoundTripper, operation string, out any, options ...api.CallOption) error {
	var path []any
	if operation == "getOne" {
		path = []any{"u1"}
	}
	return client(s).Call(context.Background(), operations[operation], path, nil, nil, out, options...)
}
