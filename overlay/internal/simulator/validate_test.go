package simulator_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Each way to break the document is rejected with the name of the parameter or member.
func TestRequestsAreValidated(t *testing.T) {
	created := func(*simulator.Request) simulator.Response {
		return simulator.Response{Status: http.StatusOK, Body: map[string]any{"data": map[string]any{"uid": "x"}}}
	}
	_, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{"createThing": created}})
	const ok = ""
	tests := []struct{ name, method, path, body, want string }{
		{"fits", "POST", "/api/things", `{"name":"ab","size":1}`, ok},
		{"largest numbers", "POST", "/api/things", `{"name":"ab","size":9223372036854775807,"inode":18446744073709551615}`, ok},
		{"free object", "POST", "/api/things", `{"name":"ab","size":1,"free":{"any":1},"labels":{"any":"x"}}`, ok},
		{"query", "GET", "/api/things?limit=9223372036854775807&tag=a&tag=b&where[x]=1", "", ok},
		{"inode", "GET", "/api/inodes/18446744073709551615", "", ok},
		{"unknown query", "GET", "/api/things?limits=3", "", "query limits: is not known"},
		{"prefix of a deep object", "GET", "/api/things?where=3", "", "query where: is not known"},
		{"twice", "GET", "/api/things?limit=3&limit=4", "", "query limit: is given more than once"},
		{"no number", "GET", "/api/things?limit=three", "", "query limit: an invalid integer"},
		{"number too large", "GET", "/api/things?limit=9223372036854775808", "", "query limit: an invalid integer"},
		{"query escape", "GET", "/api/things?limit=%zz", "", "query: cannot be parsed"},
		{"path pattern", "GET", "/api/inodes/x1", "", "path inode: string doesn't match"},
		{"unknown member", "POST", "/api/things", `{"name":"ab","size":1,"sise":2}`, "body sise: is not known"},
		{"unknown member below", "POST", "/api/things", `{"name":"ab","size":1,"limits":{"hard":1,"sort":2}}`, "body limits.sort: is not known"},
		{"missing member", "POST", "/api/things", `{"name":"ab"}`, "body size: is required"},
		{"missing member below", "POST", "/api/things", `{"name":"ab","size":1,"limits":{}}`, "body limits.hard: is required"},
		{"missing body", "POST", "/api/things", "", "body name: is required; body size: is required"},
		{"quoted number", "POST", "/api/things", `{"name":"ab","size":"1"}`, "body size: value must be an integer"},
		{"fraction", "POST", "/api/things", `{"name":"ab","size":1.5}`, "body size: value must be an integer"},
		{"beyond int64", "POST", "/api/things", `{"name":"ab","size":9223372036854775808}`, "body size: does not fit int64"},
		{"beyond uint64", "POST", "/api/things", `{"name":"ab","size":1,"inode":18446744073709551616}`, "body inode: does not fit uint64"},
		{"below uint64", "POST", "/api/things", `{"name":"ab","size":1,"inode":-1}`, "body inode: does not fit uint64"},
		{"too short", "POST", "/api/things", `{"name":"a","size":1}`, "body name: minimum string length is 2"},
		{"enum", "POST", "/api/things", `{"name":"ab","size":1,"kind":"GAS"}`, "body kind: value is not one of"},
		{"null", "POST", "/api/things", `{"name":null,"size":1}`, "body name: "},
		{"cut", "POST", "/api/things", `{"name":"ab","si`, "body: is not one JSON value"},
		{"two values", "POST", "/api/things", `{"name":"ab","size":1}{}`, "body: is not one JSON value"},
		{"body of a read", "GET", "/api/things/x", `{"force":true}`, "body force: is not known"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body := send(t, server, test.method, test.path, "application/json", test.body)
			if test.want == ok {
				if status >= 300 {
					t.Fatalf("got %d %s, want success", status, body)
				}
				return
			}
			if status != http.StatusBadRequest || !strings.Contains(body, `"message":"`+test.want) {
				t.Fatalf("got %d %s, want 400 with %q", status, body, test.want)
			}
		})
	}
}

func TestContentType(t *testing.T) {
	_, server := start(t, simulator.Config{})
	status, body := send(t, server, "POST", "/api/things", "text/plain", `{"name":"ab","size":1}`)
	if status != http.StatusBadRequest || !strings.Contains(body, "text/plain") {
		t.Errorf("got %d %s, want 400 that names the type", status, body)
	}
	status, body = send(t, server, "POST", "/api/things", "application/json; charset=utf-8", `{"name":"ab","size":1}`)
	if status != http.StatusOK {
		t.Errorf("got %d %s, want 200", status, body)
	}
}

// A form is decoded by the types of the document, if the operation takes one.
func TestForm(t *testing.T) {
	const form = "name=ab&size=9223372036854775807&solid=true"
	var got any
	handler := func(r *simulator.Request) simulator.Response {
		got = r.Body
		return simulator.Response{Status: http.StatusOK, Body: map[string]any{"data": map[string]any{"uid": "x"}}}
	}
	_, server := start(t, simulator.Config{
		Handlers: map[string]simulator.Handler{"createThing": handler},
		Forms:    []string{"createThing"},
	})
	if status, body := send(t, server, "POST", "/api/things", "application/x-www-form-urlencoded", form); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	want := map[string]any{"name": "ab", "size": json.Number("9223372036854775807"), "solid": true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the handler got %v, want %v", got, want)
	}
	if status, _ := send(t, server, "POST", "/api/things", "application/x-www-form-urlencoded", form+"&sise=1"); status != http.StatusBadRequest {
		t.Errorf("an unknown value of a form got %d, want 400", status)
	}

	_, server = start(t, simulator.Config{})
	if status, _ := send(t, server, "POST", "/api/things", "application/x-www-form-urlencoded", form); status != http.StatusBadRequest {
		t.Errorf("a form where none is allowed got %d, want 400", status)
	}
}

// A handler gets the unescaped path values, the operation and the identity.
func TestHandlerRequest(t *testing.T) {
	var got *simulator.Request
	handler := func(r *simulator.Request) simulator.Response {
		got = r
		return simulator.Response{Status: http.StatusOK, Body: map[string]any{"uid": r.PathValues["uid"]}}
	}
	_, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{"getThing": handler}})
	status, body := send(t, server, "GET", "/api/things/a%2Fb%20c", "", "")
	if status != http.StatusOK || body != `{"uid":"a/b c"}` {
		t.Fatalf("got %d %s", status, body)
	}
	if got.Identity != "a caller" || got.Operation.ID != "getThing" || got.Operation.Path != "/things/{uid}" {
		t.Errorf("the handler got %+v", got)
	}
}
