package simulator_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// invalidResponses returns what Engine.Err joins.
func invalidResponses(engine *simulator.Engine) (all []simulator.InvalidResponse) {
	joined, _ := engine.Err().(interface{ Unwrap() []error })
	if joined == nil {
		return nil
	}
	for _, err := range joined.Unwrap() {
		if invalid, ok := errors.AsType[simulator.InvalidResponse](err); ok {
			all = append(all, invalid)
		}
	}
	return all
}

// A response that breaks the document becomes a 500 and an InvalidResponse.
func TestResponsesAreValidated(t *testing.T) {
	envelope := func(thing map[string]any) map[string]any { return map[string]any{"data": thing} }
	tests := []struct {
		name     string
		response simulator.Response
		want     string
	}{
		{"unknown member", simulator.Response{Status: 200, Body: envelope(map[string]any{"uid": "x", "colour": 1})}, "body data.colour: is not known"},
		{"missing member", simulator.Response{Status: 200, Body: envelope(map[string]any{})}, "body data.uid: is required"},
		{"wrong type", simulator.Response{Status: 200, Body: envelope(map[string]any{"uid": 3})}, "body data.uid: value must be a string"},
		{"beyond uint64", simulator.Response{Status: 200, Body: envelope(map[string]any{"uid": "x", "inode": -1})}, "body data.inode: does not fit uint64"},
		{"map", simulator.Response{Status: 200, Body: envelope(map[string]any{"uid": "x", "labels": map[string]any{"a": uint64(1 << 63)}})}, "body data.labels.a: does not fit int64"},
		{"no body", simulator.Response{Status: 200}, "a JSON body is required"},
		{"status", simulator.Response{Status: 202, Body: envelope(map[string]any{"uid": "x"})}, "the status 202 is not in the document"},
		{"declared error", simulator.Response{Status: 400, Body: map[string]any{"message": 3}}, "body message: value must be a string"},
		{"not JSON", simulator.Response{Status: 200, Body: func() {}}, "the body cannot be encoded"},
		{"an error may have more members", simulator.Response{Status: 400, Body: map[string]any{"message": "x", "class": "y"}}, ""},
		{"undeclared error", simulator.Response{Status: 418, Body: "teapot"}, ""},
		{"unchecked", simulator.Response{Status: 200, Body: "bare", Unchecked: true}, ""},
		{"largest uint64", simulator.Response{Status: 200, Body: envelope(map[string]any{"uid": "x", "inode": uint64(1<<64 - 1)})}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handler := func(*simulator.Request) simulator.Response { return test.response }
			engine, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{"createThing": handler}})
			status, body := send(t, server, "POST", "/api/things", "application/json", `{"name":"ab","size":1}`)
			invalid := invalidResponses(engine)
			if test.want == "" {
				if status != test.response.Status || len(invalid) > 0 {
					t.Fatalf("got %d %s, %v", status, body, invalid)
				}
				return
			}
			if status != http.StatusInternalServerError || len(invalid) != 1 {
				t.Fatalf("got %d %s, %v, want 500 and one invalid response", status, body, invalid)
			}
			if r := invalid[0]; r.Operation != "createThing" || r.Status != test.response.Status || !strings.Contains(r.Problem, test.want) {
				t.Errorf("got %+v, want createThing and %q", r, test.want)
			}
			if !strings.Contains(body, "createThing") {
				t.Errorf("the body %s does not name the operation", body)
			}
		})
	}
}

// Responses contain <, > and & unescaped, as those of the products do.
func TestHTMLIsNotEscaped(t *testing.T) {
	_, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{
		"getThing": func(*simulator.Request) simulator.Response {
			return simulator.Response{Status: http.StatusOK, Body: map[string]any{"uid": "FSId<0>&"}}
		},
	}})
	if _, body := send(t, server, "GET", "/api/things/x", "", ""); body != `{"uid":"FSId<0>&"}` {
		t.Errorf("got %s", body)
	}
}

func TestHandlerPanics(t *testing.T) {
	engine, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{
		"getThing": func(*simulator.Request) simulator.Response { panic("oops") },
	}})
	status, _ := send(t, server, "GET", "/api/things/x", "", "")
	invalid := invalidResponses(engine)
	if status != http.StatusInternalServerError || len(invalid) != 1 || !strings.Contains(invalid[0].Error(), "oops") {
		t.Errorf("got %d and %v, want 500 and the panic", status, invalid)
	}
}

func TestRoutes(t *testing.T) {
	_, server := start(t, simulator.Config{})
	tests := []struct {
		method, path string
		want         int
	}{
		{"GET", "/api/things", 200},
		{"GET", "/api/things/", 404},
		{"GET", "/things", 404},
		{"PUT", "/api/things", 404},
		{"GET", "/api/things/a/b", 404},
		{"GET", "/api/things//", 404},
		{"DELETE", "/api/things/x", 200},
		{"GET", "/api/inodes/1", 204},
	}
	for _, test := range tests {
		if status, body := send(t, server, test.method, test.path, "", ""); status != test.want {
			t.Errorf("%s %s: got %d %s, want %d", test.method, test.path, status, body, test.want)
		}
	}
}

// An unauthorized request is rejected before it is validated.
func TestAuthorizeComesFirst(t *testing.T) {
	_, server := start(t, simulator.Config{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/things?unknown=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Reject", "1")
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", response.StatusCode)
	}
}

func TestJournal(t *testing.T) {
	engine, server := start(t, simulator.Config{})
	send(t, server, "GET", "/api/things/secret?token=hunter2", "", "")
	send(t, server, "GET", "/api/nowhere", "", "")
	got := engine.Requests()
	if len(got) != 2 || engine.Count("getThing") != 1 || engine.Count("") != 1 || engine.Count("listThings") != 0 {
		t.Fatalf("got %+v", got)
	}
	if r := got[0]; r.Operation != "getThing" || r.Method != http.MethodGet || r.Path != "/api/things/secret" || r.Status != 400 || r.Time.IsZero() {
		t.Errorf("got %+v", r)
	}
	if r := got[1]; r.Operation != "" || r.Status != 404 {
		t.Errorf("got %+v", r)
	}
}

// The journal drops the oldest requests; the counts include them.
func TestJournalIsBounded(t *testing.T) {
	engine, server := start(t, simulator.Config{})
	const requests = 3000
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for range requests / 10 {
				send(t, server, "DELETE", "/api/things/x", "", "")
			}
		})
	}
	group.Wait()
	if n := len(engine.Requests()); n > 2048 || n < 1024 {
		t.Errorf("the journal holds %d requests, want between 1024 and 2048", n)
	}
	if n := engine.Count("deleteThing"); n != requests {
		t.Errorf("counted %d, want %d", n, requests)
	}
}

func TestFaults(t *testing.T) {
	engine, server := start(t, simulator.Config{})
	teapot := func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusTeapot) }
	through := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		w.Header().Set("X-Through", "1")
		next.ServeHTTP(w, r)
	}
	engine.On("listThings").Times(2).Do(teapot)
	engine.On("listThings").Times(1).Do(through)
	engine.On("").Times(1).Do(teapot)
	for i, want := range []int{418, 418, 200, 418, 200} {
		if status, _ := send(t, server, "GET", "/api/things", "", ""); status != want {
			t.Errorf("request %d: got %d, want %d", i, status, want)
		}
	}
	if r := engine.Requests()[0]; r.Status != http.StatusTeapot {
		t.Errorf("the journal has %+v, want status 418", r)
	}
	mustPanic(t, "an unknown operation", func() { engine.On("listThigns") })
	mustPanic(t, "no request", func() { engine.On("listThings").Times(0) })
	mustPanic(t, "no chance", func() { engine.On("listThings").Chance(0) })
	mustPanic(t, "an unknown count", func() { engine.Count("listThigns") })
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

func TestNewRefuses(t *testing.T) {
	document, err := simulator.Load([]byte(things))
	if err != nil {
		t.Fatal(err)
	}
	handlers := map[string]simulator.Handler{"listThigns": nil}
	for name, config := range map[string]simulator.Config{
		"no document":     {Policy: testPolicy{}},
		"no policy":       {Document: document},
		"unknown handler": {Document: document, Policy: testPolicy{}, Handlers: handlers},
		"unknown form":    {Document: document, Policy: testPolicy{}, Forms: []string{"listThigns"}},
	} {
		if _, err := simulator.New(config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       `{"openapi": `,
		"not valid":      `{"openapi": "3.0.0", "paths": {}}`,
		"no operationId": strings.Replace(things, `"operationId": "getInode",`, "", 1),
		"twin":           strings.Replace(things, `"operationId": "getInode"`, `"operationId": "getThing"`, 1),
	} {
		if _, err := simulator.Load([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
