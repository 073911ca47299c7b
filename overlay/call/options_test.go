package call_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
)

func TestWithResponseAndRawBody(t *testing.T) {
	for _, status := range []int{200, 404} {
		s := answers(status, `{"data":{"name":"a"},"next_token":7}`)
		s.header.Set("X-Request-Id", "r-1")
		var response call.Response
		var raw []byte
		err := get(s, "getOne", new(fileSystem), call.WithResponse(&response), call.WithRawBody(&raw))
		if (err != nil) != (status == 404) {
			t.Fatal(err)
		}
		if response.Status != status || response.RequestID != "r-1" || response.Header.Get("X-Request-Id") != "r-1" ||
			response.Endpoint != "https://weka01:14000" || response.Attempts != 1 {
			t.Errorf("%+v", response)
		}
		if string(raw) != `{"data":{"name":"a"},"next_token":7}` || string(response.Body) != string(raw) {
			t.Errorf("raw %s, body %s", raw, response.Body)
		}
	}
}

func TestWithResponseAloneKeepsNoBody(t *testing.T) {
	var response call.Response
	if err := get(answers(200, `{"data":{}}`), "getOne", nil, call.WithResponse(&response)); err != nil || response.Body != nil {
		t.Error(err, response.Body)
	}
}

func TestOptionsChangeTheRequest(t *testing.T) {
	type key struct{}
	s := answers(200, "")
	err := client(s).Do(context.Background(), "GET", "/x?a=1", nil, nil,
		call.WithQuery("b c", "2&3"), call.WithHeader("user-agent", "mine"), call.WithBasicAuth("u", "p"),
		func(r *http.Request) { *r = *r.WithContext(context.WithValue(r.Context(), key{}, "v")) })
	if err != nil {
		t.Fatal(err)
	}
	if s.request.URL.RawQuery != "a=1&b+c=2%263" || s.request.UserAgent() != "mine" {
		t.Errorf("%s by %s", s.request.URL, s.request.UserAgent())
	}
	if user, password, _ := s.request.BasicAuth(); user != "u" || password != "p" {
		t.Error("no basic authentication")
	}
	if s.request.Context().Value(key{}) != "v" || call.StateOf(s.request).Operation() == nil {
		t.Error("the context that an option gave is lost, or the operation in it")
	}
	if err := client(s).Do(context.Background(), "GET", "/x", nil, nil, call.WithQuery("b", "2")); err != nil || s.request.URL.RawQuery != "b=2" {
		t.Error(err, s.request.URL)
	}
}

// Each WithRawBody of a call gets the response.
func TestRawBodyForSeveral(t *testing.T) {
	var one, other []byte
	err := client(answers(200, `{"data":{"a":1}}`)).Call(t.Context(), operations["whole"], nil, nil, nil, new(map[string]any), call.WithRawBody(&one), call.WithRawBody(&other))
	if err != nil || string(one) != `{"data":{"a":1}}` || string(other) != string(one) {
		t.Errorf("got %s and %s, %v", one, other, err)
	}
}

// What an option cannot send as it is, is not sent.
func TestWithQueryThatIsNotUTF8(t *testing.T) {
	s := answers(200, "")
	err := client(s).Do(t.Context(), "GET", "/x", nil, nil, call.WithQuery("name", "caf\xe9"))
	if !errors.Is(err, call.ErrInvalidArgument) || !strings.Contains(err.Error(), `"name"`) || s.request != nil {
		t.Errorf("got %v", err)
	}
}

// Nil options count as none, and a nil context is no context to send with.
func TestNilArguments(t *testing.T) {
	s := answers(200, `{"data":{}}`)
	if err := client(s).Call(t.Context(), operations["whole"], nil, (*searchParams)(nil), nil, nil, nil, call.WithResponse(nil), call.WithRawBody(nil)); err != nil {
		t.Error(err)
	}
	s.request = nil
	var none context.Context
	for _, err := range []error{client(s).Call(none, operations["whole"], nil, nil, nil, nil), client(s).Do(none, "GET", "/x", nil, nil)} {
		if !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
			t.Errorf("got %v", err)
		}
	}
}

// An option that leaves no request to send is an error, and the next options do not run.
func TestOptionsThatBreakTheRequest(t *testing.T) {
	s := answers(200, `{"data":{}}`)
	for name, option := range map[string]func(*http.Request){
		"URL":     func(r *http.Request) { r.URL = nil },
		"headers": func(r *http.Request) { r.Header = nil },
	} {
		err := get(s, "whole", nil, option, call.WithHeader("A", "b"), call.WithQuery("a", "b"))
		if !errors.Is(err, call.ErrInvalidArgument) || s.request != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
