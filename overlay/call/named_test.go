package call_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// Values by name become what the generated methods send.
func TestCallByID(t *testing.T) {
	table := append(allOperations(), api.NewOperation(api.Definition{ID: "two", Method: "GET", Path: "/jobs/{id}/tasks/{task}/", Result: api.ResultNone, Parameters: []api.Parameter{
		{Name: "id", In: "path", Required: true}, {Name: "task", In: "path", Required: true},
	}}))
	for name, test := range map[string]struct {
		id         string
		args       map[string]any
		body       any
		want, sent string
	}{
		"path":        {"getOne", map[string]any{"uid": "a b"}, nil, "/api/v2/fileSystems/a%20b", ""},
		"two in path": {"two", map[string]any{"task": 2, "id": "1"}, nil, "/api/v2/jobs/1/tasks/2/", ""},
		"query":       {"search", map[string]any{"limit": "0", "ids": []string{"a", "b"}, "key": nil}, nil, "/api/v2/search?ids=a&ids=b&limit=0", ""},
		"zero":        {"search", map[string]any{"fresh": false}, nil, "/api/v2/search?fresh=false", ""},
		"body":        {"create", nil, json.RawMessage(`{"a":1}`), "/api/v2/fileSystems", `{"a":1}`},
	} {
		s := answers(200, `{"data":{"id":"x"}}`)
		if err := client(s).CallByID(t.Context(), table, test.id, test.args, test.body, nil); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := s.request.URL.RequestURI(); got != test.want || s.sent != test.sent {
			t.Errorf("%s: sent %s with %q, want %s with %q", name, got, s.sent, test.want, test.sent)
		}
	}
	var out json.RawMessage
	if err := client(answers(200, `{"data":{"id":"x"}}`)).CallByID(t.Context(), allOperations(), "create", nil, nil, &out); err != nil || string(out) != `{"id":"x"}` {
		t.Errorf("got %s, %v", out, err)
	}
}

func TestCallByIDRefuses(t *testing.T) {
	table := append(allOperations(),
		api.NewOperation(api.Definition{ID: "text", Method: "GET", Path: "/t", Result: api.ResultText}),
		api.NewOperation(api.Definition{ID: "file", Method: "GET", Path: "/f", Result: api.ResultFile}))
	var raw json.RawMessage
	for want, test := range map[string]struct {
		id   string
		args map[string]any
		out  any
	}{
		"no operation has this id":                  {"getTwo", nil, nil},
		`path parameter "uid": no value given`:      {"getOne", nil, nil},
		`no parameter "id": getOne has [uid]`:       {"getOne", map[string]any{"uid": "u", "id": "1"}, nil},
		"the result is text: pass a *string":        {"text", nil, &raw},
		"the result is a file: pass an *io.ReadClo": {"file", nil, &raw},
	} {
		s := answers(200, `{}`)
		err := client(s).CallByID(t.Context(), table, test.id, test.args, nil, test.out)
		if e := failed(t, err); !errors.Is(err, call.ErrInvalidArgument) || e.Operation != test.id || !strings.Contains(err.Error(), want) || s.request != nil {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	var text string
	if err := client(answers(200, "plain")).CallByID(t.Context(), table, "text", nil, nil, &text); err != nil || text != "plain" {
		t.Errorf("got %q, %v", text, err)
	}
	var file io.ReadCloser
	if err := client(answers(200, "bytes")).CallByID(t.Context(), table, "file", nil, nil, &file); err != nil || file == nil {
		t.Fatalf("got %v, %v", file, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
