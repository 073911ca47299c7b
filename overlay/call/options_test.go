package call_test

import (
	"context"
	"net/http"
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
	if s.request.Context().Value(key{}) != "v" || call.OperationOf(s.request.Context()) == nil {
		t.Error("the context that an option gave is lost, or the operation in it")
	}
	if err := client(s).Do(context.Background(), "GET", "/x", nil, nil, call.WithQuery("b", "2")); err != nil || s.request.URL.RawQuery != "b=2" {
		t.Error(err, s.request.URL)
	}
}

func TestOperationTravelsInTheContext(t *testing.T) {
	s := answers(200, "")
	if err := client(s).Call(context.Background(), operations["basicOnly"], nil, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if op := call.OperationOf(s.request.Context()); op != operations["basicOnly"] {
		t.Errorf("%+v is not the table's row", op)
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
