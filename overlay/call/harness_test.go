package call_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

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

// operations is a table as the generator makes it.
var operations = map[string]*call.Operation{
	"getOne": {
		ID: "getOne", Method: "GET", Path: "/fileSystems/{uid}", Class: call.ClassSafe, Result: call.ResultData,
		Parameters: []call.Parameter{{Name: "uid", In: "path", Style: "simple", Required: true}},
	},
	"whole":     {ID: "whole", Method: "GET", Path: "/jobs/", Class: call.ClassSafe, Result: call.ResultBody},
	"create":    {ID: "create", Method: "POST", Path: "/fileSystems", Class: call.ClassOnce, Result: call.ResultData},
	"remove":    {ID: "remove", Method: "DELETE", Path: "/jobs/{id}/tasks/{task}/", Class: call.ClassIdempotent, Result: call.ResultNone},
	"revoke":    {ID: "revoke", Method: "DELETE", Path: "/users/{uid}/revoke", Class: call.ClassOnce, Result: call.ResultNone},
	"basicOnly": {ID: "basicOnly", Method: "POST", Path: "/ldap", Result: call.ResultNone, Auth: call.AuthBasic},
	"search": {
		ID: "search", Method: "GET", Path: "/search", Result: call.ResultNone,
		Parameters: []call.Parameter{
			{Name: "next_token", In: "query", Style: "form", Explode: true},
			{Name: "ids", In: "query", Style: "form", Explode: true},
			{Name: "csv", In: "query", Style: "form"},
			{Name: "piped", In: "query", Style: "pipeDelimited"},
			{Name: "spaced", In: "query", Style: "spaceDelimited"},
			{Name: "strange", In: "query", Style: "matrix"},
			{Name: "filter", In: "query", Style: "deepObject"},
			{Name: "stat", In: "query", Style: "deepObject", Explode: true},
			{Name: "needed", In: "query", Style: "form", Explode: true, Required: true},
		},
	},
}

func client(transport http.RoundTripper, change ...func(*call.Config)) *call.Client {
	base, err := url.Parse("https://weka01:14000/api/v2")
	if err != nil {
		panic(err)
	}
	config := call.Config{Base: base, Operations: operations, Transport: transport, UserAgent: "hotcold/test"}
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

func get(s http.RoundTripper, operation string, out any, options ...call.Option) error {
	var path []any
	if operation == "getOne" {
		path = []any{"u1"}
	}
	return client(s).Call(context.Background(), operation, path, nil, nil, out, options...)
}
