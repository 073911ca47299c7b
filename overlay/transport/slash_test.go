package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const hub = "https://hub.example.com:8443"

// django behaves like a Django server: every route ends in a slash, and a request without
// it is answered, before any handler sees it, with an empty 301 to the path with a slash
// and the same query.
type django struct {
	routes   []string                    // decoded, with the slash
	location func(slashed string) string // nil is the path, as Django writes it
	status   int                         // 0 is 301
	handled  []string                    // method, address and body of each request that a handler got
	sent     int                         // requests that arrived
	tokens   []string
}

func (d *django) RoundTrip(r *http.Request) (*http.Response, error) {
	d.sent++
	d.tokens = append(d.tokens, r.Header.Get("Authorization"))
	var content []byte
	if r.Body != nil {
		var err error
		if content, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	response := &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: text(`{"detail":"Not found."}`), Request: r}
	switch {
	case slices.Contains(d.routes, r.URL.Path):
		d.handled = append(d.handled, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+string(content)))
		response.StatusCode, response.Body = http.StatusOK, text(`{"id":1}`)
	case slices.Contains(d.routes, r.URL.Path+"/"):
		slashed := url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}
		to := slashed.String()
		if d.location != nil {
			to = d.location(to)
		}
		response.StatusCode, response.Body = http.StatusMovedPermanently, text("")
		if d.status != 0 {
			response.StatusCode = d.status
		}
		response.Header.Set("Location", to)
	}
	return response, nil
}

// hubTable has a path of each kind in the Hub's contract.
var hubTable = map[string]*api.Operation{
	"slashed":   api.NewOperation(api.Definition{ID: "slashed", Method: "POST", Path: "/file/workflow/", Result: api.ResultNone}),
	"slashless": api.NewOperation(api.Definition{ID: "slashless", Method: "POST", Path: "/file/workflow", Result: api.ResultNone}),
	"health":    api.NewOperation(api.Definition{ID: "health", Method: "GET", Path: "/health", Result: api.ResultNone}),
}

// hubClient returns a client of a server below /api, with a token.
func hubClient(t *testing.T, rule transport.SlashRule, base http.RoundTripper) *call.Client {
	t.Helper()
	address, err := url.Parse(hub + "/api")
	if err != nil {
		t.Fatal(err)
	}
	return call.New(call.Config{Base: address, Transport: transport.Stack(transport.Layers{
		Base: base, Tokens: &tokens{left: []string{"one"}}, Origins: []string{hub}, Slash: rule,
	})})
}

// The Hub's rule: paths given to Do are sent with a slash, so that the server does not
// redirect.
func TestDoEndsWithASlash(t *testing.T) {
	for _, test := range []struct{ method, path, want string }{
		{"POST", "file/workflow", "/api/file/workflow/"},
		{"POST", "/file/workflow", "/api/file/workflow/"},
		{"POST", "/file/workflow/", "/api/file/workflow/"},
		{"PUT", "/workflows/1", "/api/workflows/1/"},
		{"PATCH", "/workflows/1", "/api/workflows/1/"},
		{"DELETE", "/workflows/1", "/api/workflows/1/"},
		{"POST", "/file/workflow?site=a/b&x=1", "/api/file/workflow/?site=a/b&x=1"},
		{"POST", "/file/workflow/?site=a", "/api/file/workflow/?site=a"},
		{"POST", "/file/workflow?", "/api/file/workflow/"},
		{"POST", "/files/a%2Fb", "/api/files/a%2Fb/"},
		{"POST", "/files/a%2F", "/api/files/a%2F/"},
		{"POST", "/files/a%3Fb", "/api/files/a%3Fb/"},
		{"POST", "/files//a", "/api/files//a/"},
		{"POST", "/files/a//", "/api/files/a//"},
		{"POST", "/files/a.b", "/api/files/a.b/"},
		{"POST", "", "/api/"},
		{"GET", "/health", "/api/health"},
		{"GET", "health?x=1", "/api/health?x=1"},
		{"HEAD", "/health", "/api/health"},
		{"OPTIONS", "/health", "/api/health"},
	} {
		s := &server{}
		if err := hubClient(t, transport.SlashAdded, s).Do(t.Context(), test.method, test.path, nil, nil); err != nil {
			t.Errorf("%s %s: %v", test.method, test.path, err)
			continue
		}
		if got := s.got[0].url; got != hub+test.want {
			t.Errorf("%s %s is sent to %s, want %s", test.method, test.path, got, test.want)
		}
	}
}

// WEKA's rule: paths given to Do are sent without a slash, whatever the method.
func TestDoEndsWithoutASlash(t *testing.T) {
	for path, want := range map[string]string{
		"/nodes/":       "/api/nodes",
		"nodes/":        "/api/nodes",
		"/nodes":        "/api/nodes",
		"/nodes/?a=b/":  "/api/nodes?a=b/",
		"/nodes//":      "/api/nodes",
		"/nodes/a%2F":   "/api/nodes/a%2F",
		"/nodes/a%2F/":  "/api/nodes/a%2F",
		"/nodes//a":     "/api/nodes//a",
		"/größe/":       "/api/gr%C3%B6%C3%9Fe",
		"":              "/api",
		"/quota/0x1:0/": "/api/quota/0x1:0",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			s := &server{}
			if err := hubClient(t, transport.SlashRemoved, s).Do(t.Context(), method, path, nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.got[0].url; got != hub+want {
				t.Errorf("%s %s is sent to %s, want %s", method, path, got, want)
			}
		}
	}
}

// The path of a generated operation, and of a request that no client made, does not change.
func TestSlashKeepsOtherPaths(t *testing.T) {
	for _, rule := range []transport.SlashRule{transport.SlashAsGiven, transport.SlashAdded, transport.SlashRemoved} {
		for id, operation := range hubTable {
			s := &server{}
			if err := hubClient(t, rule, s).Call(t.Context(), operation, nil, nil, nil, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.got[0].url; got != hub+"/api"+operation.Path() {
				t.Errorf("rule %d: %s is sent to %s", rule, id, got)
			}
		}
		for _, path := range []string{"/x", "/x/", "/", ""} {
			r, s := request(t, nil), &server{}
			r.URL.Path = path
			if status(t, &transport.Slash{Next: s, Rule: rule}, r); s.got[0].url != r.URL.String() {
				t.Errorf("rule %d: %q is sent to %s", rule, path, s.got[0].url)
			}
		}
	}
}

// A POST without a slash arrives once, as a POST with its body: with the rule after one
// request, without it after a redirect.
func TestPostWithoutSlashArrivesOnce(t *testing.T) {
	for rule, requests := range map[transport.SlashRule]int{transport.SlashAdded: 1, transport.SlashAsGiven: 2, transport.SlashRemoved: 2} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			d := &django{routes: []string{"/api/file/workflow/"}}
			var out struct{ ID int }
			var meta call.Response
			err := hubClient(t, rule, d).Do(t.Context(), method, "file/workflow?dry=1", json.RawMessage(`{"paths":["/a"]}`), &out, call.WithResponse(&meta))
			want := []string{method + " " + hub + `/api/file/workflow/?dry=1 {"paths":["/a"]}`}
			if err != nil || out.ID != 1 || !slices.Equal(d.handled, want) || d.sent != requests || meta.Attempts != requests {
				t.Errorf("rule %d: got %v, %d requests (%d reported), handled %q, want %q", rule, err, d.sent, meta.Attempts, d.handled, want)
			}
			if slices.ContainsFunc(d.tokens, func(sent string) bool { return sent != "Bearer one" }) {
				t.Errorf("rule %d: sent with %q", rule, d.tokens)
			}
		}
	}
}

// The redirect is followed for every method, by generated operations as by Do.
func TestSlashRedirectIsFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		d := &django{routes: []string{"/api/health/", "/api/file/workflow/"}, status: status}
		c := hubClient(t, transport.SlashAdded, d)
		err := errors.Join(
			c.Call(t.Context(), hubTable["health"], nil, nil, nil, nil, call.WithQuery("a", "b c")),
			c.Do(t.Context(), "HEAD", "/health", nil, nil),
			c.Call(t.Context(), hubTable["slashless"], nil, nil, json.RawMessage(`{}`), nil),
		)
		want := []string{"GET " + hub + "/api/health/?a=b+c", "HEAD " + hub + "/api/health/", "POST " + hub + "/api/file/workflow/ {}"}
		if err != nil || !slices.Equal(d.handled, want) || d.sent != 6 {
			t.Errorf("%d: got %v, %d requests, handled %q, want %q", status, err, d.sent, d.handled, want)
		}
	}
}

// Locations that only add a slash. The request goes to its own address, path and query.
func TestLocationsThatOnlyAddASlash(t *testing.T) {
	for name, location := range map[string]string{
		"path":                      "/api/a%2Fb/?q=x%20y",
		"whole":                     hub + "/api/a%2Fb/?q=x%20y",
		"framework's own escapes":   "/api/a/b/?q=x+y",
		"another case of the host":  "https://HUB.example.com:8443/api/a%2Fb/?q=x%20y",
		"proxy that ends TLS":       "http://hub.example.com:8443/api/a%2Fb/?q=x%20y",
		"proxy that drops the port": "http://hub.example.com/api/a%2Fb/?q=x%20y",
		"host alone":                "//hub.example.com:8443/api/a%2Fb/?q=x%20y",
	} {
		d := &django{routes: []string{"/api/a/b/"}, location: func(string) string { return location }}
		err := hubClient(t, transport.SlashAsGiven, d).Do(t.Context(), "POST", "/a%2Fb?q=x%20y", json.RawMessage(`{}`), nil)
		if want := []string{"POST " + hub + "/api/a%2Fb/?q=x%20y {}"}; err != nil || !slices.Equal(d.handled, want) {
			t.Errorf("%s: got %v, handled %q, want %q", name, err, d.handled, want)
		}
	}
}

// The location may name the Host header instead of the address.
func TestLocationFromTheHostHeader(t *testing.T) {
	d := &django{routes: []string{"/api/v2/x/"}, location: func(to string) string { return "http://backend" + to }}
	r := request(t, nil)
	r.Host = "backend"
	if got := status(t, &transport.Slash{Next: d}, r); got != http.StatusOK || len(d.handled) != 1 {
		t.Errorf("got %d, handled %q", got, d.handled)
	}
}

// No other redirect is followed, with a body or without. The error names the target without
// the parts that may be secret.
func TestOtherRedirectsAreErrors(t *testing.T) {
	for location, shown := range map[string]string{
		"https://evil.example.com/api/file/workflow/":               "https://evil.example.com/api/file/workflow/",
		"//evil.example.com/api/file/workflow/":                     "https://evil.example.com/api/file/workflow/",
		"https://hub.example.com:9443/api/file/workflow/":           "https://hub.example.com:9443/api/file/workflow/",
		"https://hub.example.com.evil:8443/api/file/workflow/":      "https://hub.example.com.evil:8443/api/file/workflow/",
		"https://u:s3cret@hub.example.com:8443/api/file/workflow/":  "https://hub.example.com:8443/api/file/workflow/",
		"ftp://hub.example.com:8443/api/file/workflow/":             "ftp://hub.example.com:8443/api/file/workflow/",
		"/login/?next=s3cret":                                       hub + "/login/",
		"/api/file/workflow/?token=s3cret":                          "/api/file/workflow/",
		"/api/file/workflow//":                                      "/api/file/workflow//",
		"/api/file/workflow":                                        "/api/file/workflow",
		"/api/file/":                                                "/api/file/",
		"/api/file/workflow/#s3cret":                                "/api/file/workflow/",
		"https://[::1/s3cret":                                       "no valid address",
		"?a=s3cret":                                                 hub + "/api/file/workflow;",
		"\thttps://evil.example.com/api/file/workflow/":             "no valid address",
		hub + ":s3cret/api/file/workflow/":                          "no valid address",
		"https://hub.example.com:8443@evil.example.com/api/file/wo": "https://evil.example.com/api/file/wo",
	} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			for _, method := range []string{"GET", "POST", "DELETE"} {
				d := &django{routes: []string{"/api/file/workflow/"}, status: code, location: func(string) string { return location }}
				var in any
				if method != "GET" {
					in = json.RawMessage(`{}`)
				}
				err := hubClient(t, transport.SlashAsGiven, d).Do(t.Context(), method, "/file/workflow", in, nil)
				var redirect *transport.RedirectError
				if !errors.As(err, &redirect) || redirect.Status != code || redirect.Method != method || d.sent != 1 || len(d.handled) != 0 {
					t.Errorf("%s, %d to %s: got %v after %d requests", method, code, location, err, d.sent)
					continue
				}
				if !strings.Contains(err.Error(), shown) || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%d to %s: got %v, want it to show %s", code, location, err, shown)
				}
			}
		}
	}
}

// A 303 asks for a GET, so the request is not repeated.
func TestSeeOtherIsNotFollowed(t *testing.T) {
	d := &django{routes: []string{"/api/file/workflow/"}, status: http.StatusSeeOther}
	err := hubClient(t, transport.SlashAsGiven, d).Do(t.Context(), "POST", "/file/workflow", json.RawMessage(`{}`), nil)
	var redirect *transport.RedirectError
	if !errors.As(err, &redirect) || d.sent != 1 {
		t.Errorf("got %v after %d requests", err, d.sent)
	}
}

// A second redirect is not followed.
func TestSlashRedirectIsFollowedOnce(t *testing.T) {
	sent := 0
	loop := roundTrip(func(r *http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: http.StatusMovedPermanently, Header: http.Header{"Location": {r.URL.Path + "/"}}, Body: text("")}, nil
	})
	err := hubClient(t, transport.SlashAsGiven, loop).Do(t.Context(), "GET", "/a", nil, nil)
	var redirect *transport.RedirectError
	if !errors.As(err, &redirect) || redirect.To != hub+"/api/a//" || sent != 2 {
		t.Errorf("got %v after %d requests", err, sent)
	}
}

// Other 3xx are responses.
func TestOther3xxAreResponses(t *testing.T) {
	for code, location := range map[int]string{300: "/api/v2/x/", 304: "/api/v2/x/", 301: "", 201: "/api/v2/x/"} {
		s := roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: code, Header: http.Header{"Location": {location}}, Body: text("")}, nil
		})
		if got := status(t, &transport.Slash{Next: s}, request(t, nil)); got != code {
			t.Errorf("got %d, want %d", got, code)
		}
	}
}

// A request whose body cannot be read again is not repeated. The error names the slash.
func TestSlashErrorNamesTheSlash(t *testing.T) {
	for name, getBody := range map[string]func() (io.ReadCloser, error){
		"no GetBody":      nil,
		"GetBody failing": func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe },
	} {
		d := &django{routes: []string{"/api/file/workflow/"}}
		stream := func(r *http.Request) { r.Body, r.GetBody = text("once"), getBody }
		err := hubClient(t, transport.SlashAsGiven, d).Do(t.Context(), "POST", "/file/workflow?k=s3cret", nil, nil, stream)
		var slash *transport.SlashError
		if !errors.As(err, &slash) || slash.Method != http.MethodPost || d.sent != 1 || !strings.Contains(err.Error(), "write the path as /file/workflow/") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v after %d requests", name, err, d.sent)
		}
		err = hubClient(t, transport.SlashAsGiven, d).Call(t.Context(), hubTable["slashless"], nil, nil, nil, nil, stream)
		if !errors.As(err, &slash) || slash.Path != "/file/workflow" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	content := text("once")
	d := &django{routes: []string{"/api/v2/x/"}}
	var slash *transport.SlashError
	if _, err := (&transport.Slash{Next: d}).RoundTrip(request(t, content)); !errors.As(err, &slash) || slash.Path != "/api/v2/x" || content.closed.Load() != 1 {
		t.Errorf("outside of a call: got %v, body closed %d times", err, content.closed.Load())
	}
}

// The repetition takes from the call's budget. If that is used up, the body that was opened
// for it is closed.
func TestSlashTakesFromTheBudget(t *testing.T) {
	for budget, want := range map[int]int{1: 1, 2: 2} {
		d := &django{routes: []string{"/api/file/workflow/"}}
		slash := &transport.Slash{Next: d}
		again := text("again")
		budgeted := roundTrip(func(r *http.Request) (*http.Response, error) {
			call.StateOf(r).SetBudget(budget)
			call.StateOf(r).TakeAttempt()
			r.Body, r.GetBody = text("once"), func() (io.ReadCloser, error) { return again, nil }
			return slash.RoundTrip(r)
		})
		address, err := url.Parse(hub + "/api")
		if err != nil {
			t.Fatal(err)
		}
		c := call.New(call.Config{Base: address, Transport: budgeted})
		err = c.Do(t.Context(), "POST", "/file/workflow", nil, nil)
		var refused *transport.SlashError
		if d.sent != want || again.closed.Load() != 1 || errors.As(err, &refused) != (want == 1) || (err == nil) != (want == 2) {
			t.Errorf("budget %d: got %v after %d requests, body closed %d times", budget, err, d.sent, again.closed.Load())
		}
	}
}

// The redirect is read and closed, so that its connection can be used again. The caller's
// request is not changed.
func TestSlashClosesTheRedirect(t *testing.T) {
	redirected := text("see there")
	next := roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/") {
			return &http.Response{StatusCode: http.StatusOK, Body: text("")}, nil
		}
		return &http.Response{StatusCode: http.StatusMovedPermanently, Header: http.Header{"Location": {"/api/v2/x/"}}, Body: redirected}, nil
	})
	r := request(t, nil)
	before := *r.URL
	if got := status(t, &transport.Slash{Next: next}, r); got != http.StatusOK || redirected.closed.Load() != 1 || redirected.read.Load() == 0 {
		t.Errorf("got %d, closed %d times after %d bytes", got, redirected.closed.Load(), redirected.read.Load())
	}
	if *r.URL != before {
		t.Errorf("the caller's request now goes to %s", r.URL)
	}
}

// An error of the next layer is returned as it is, the first and the second time.
func TestSlashPassesErrors(t *testing.T) {
	for _, failing := range []int{1, 2} {
		sent := 0
		d := &django{routes: []string{"/api/v2/x/"}}
		next := roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent++; sent == failing {
				return nil, context.Canceled
			}
			return d.RoundTrip(r)
		})
		if _, err := (&transport.Slash{Next: next}).RoundTrip(request(t, nil)); !errors.Is(err, context.Canceled) || sent != failing {
			t.Errorf("got %v after %d requests", err, sent)
		}
	}
}
