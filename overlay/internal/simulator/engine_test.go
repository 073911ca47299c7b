package simulator_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// An answer that breaks the document is a 500 and a breach with the rule.
func TestOwnAnswersAreChecked(t *testing.T) {
	envelope := func(thing map[string]any) map[string]any { return map[string]any{"data": thing} }
	tests := []struct {
		name   string
		answer simulator.Answer
		want   string
	}{
		{"unknown member", simulator.Answer{Status: 200, Body: envelope(map[string]any{"uid": "x", "colour": 1})}, "body data.colour: is not known"},
		{"missing member", simulator.Answer{Status: 200, Body: envelope(map[string]any{})}, "body data.uid: is required"},
		{"wrong type", simulator.Answer{Status: 200, Body: envelope(map[string]any{"uid": 3})}, "body data.uid: value must be a string"},
		{"beyond uint64", simulator.Answer{Status: 200, Body: envelope(map[string]any{"uid": "x", "inode": -1})}, "body data.inode: does not fit uint64"},
		{"map", simulator.Answer{Status: 200, Body: envelope(map[string]any{"uid": "x", "labels": map[string]any{"a": uint64(1 << 63)}})}, "body data.labels.a: does not fit int64"},
		{"no body", simulator.Answer{Status: 200}, "a JSON body is wanted"},
		{"status", simulator.Answer{Status: 202, Body: envelope(map[string]any{"uid": "x"})}, "the status 202 is not in the document"},
		{"declared error", simulator.Answer{Status: 400, Body: map[string]any{"message": 3}}, "body message: value must be a string"},
		{"not JSON", simulator.Answer{Status: 200, Body: func() {}}, "the body cannot be encoded"},
		{"a failed request may say more", simulator.Answer{Status: 400, Body: map[string]any{"message": "x", "class": "y"}}, ""},
		{"undeclared error", simulator.Answer{Status: 418, Body: "teapot"}, ""},
		{"off the document", simulator.Answer{Status: 200, Body: "bare", OffDocument: true}, ""},
		{"largest uint64", simulator.Answer{Status: 200, Body: envelope(map[string]any{"uid": "x", "inode": uint64(1<<64 - 1)})}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handler := func(*simulator.Request) simulator.Answer { return test.answer }
			engine, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{"createThing": handler}})
			status, answer := send(t, server, "POST", "/api/things", "application/json", `{"name":"ab","size":1}`)
			breaches := engine.Breaches()
			if test.want == "" {
				if status != test.answer.Status || len(breaches) > 0 {
					t.Fatalf("got %d %s and breaches %v", status, answer, breaches)
				}
				return
			}
			if status != http.StatusInternalServerError || len(breaches) != 1 {
				t.Fatalf("got %d %s and breaches %v, want 500 and one breach", status, answer, breaches)
			}
			if b := breaches[0]; b.Operation != "createThing" || b.Status != test.answer.Status || !strings.Contains(b.Rule, test.want) {
				t.Errorf("got the breach %+v, want createThing and %q", b, test.want)
			}
			if !strings.Contains(answer, "createThing") {
				t.Errorf("the answer %s does not name the operation", answer)
			}
		})
	}
}

// Products send <, > and & as they are.
func TestNothingIsEscaped(t *testing.T) {
	_, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{
		"getThing": func(*simulator.Request) simulator.Answer {
			return simulator.Answer{Status: http.StatusOK, Body: map[string]any{"uid": "FSId<0>&"}}
		},
	}})
	if _, answer := send(t, server, "GET", "/api/things/x", "", ""); answer != `{"uid":"FSId<0>&"}` {
		t.Errorf("got %s", answer)
	}
}

func TestPanicIsABreach(t *testing.T) {
	engine, server := start(t, simulator.Config{Handlers: map[string]simulator.Handler{
		"getThing": func(*simulator.Request) simulator.Answer { panic("oops") },
	}})
	status, _ := send(t, server, "GET", "/api/things/x", "", "")
	breaches := engine.Breaches()
	if status != http.StatusInternalServerError || len(breaches) != 1 || !strings.Contains(breaches[0].Error(), "oops") {
		t.Errorf("got %d and %v, want 500 and the panic", status, breaches)
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
		if status, answer := send(t, server, test.method, test.path, "", ""); status != test.want {
			t.Errorf("%s %s: got %d %s, want %d", test.method, test.path, status, answer, test.want)
		}
	}
}

// Whoever is turned away learns nothing of the request's faults.
func TestAuthorizeComesFirst(t *testing.T) {
	_, server := start(t, simulator.Config{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/things?unknown=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Turn-Away", "1")
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

// The journal forgets the oldest requests, the counts forget nothing.
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
	mustPanic(t, "no request at all", func() { engine.On("listThings").Times(0) })
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
		"no document":     {Manner: blunt{}},
		"no manner":       {Document: document},
		"unknown handler": {Document: document, Manner: blunt{}, Handlers: handlers},
		"unknown form":    {Document: document, Manner: blunt{}, Forms: []string{"listThigns"}},
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
