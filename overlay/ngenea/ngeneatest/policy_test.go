package ngeneatest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestPermission(t *testing.T) {
	srv := ngeneatest.New(t, ngeneatest.InMemory(), ngeneatest.WithAccount("reader", "x"))
	c := login(t, srv, "reader", "x")
	const forbidden = `{"detail":"You do not have permission to perform this action."}`
	c.wantText(403, forbidden, "POST", "/actions/", object{"action": "discover_nodes"})
	c.wantText(403, forbidden, "PATCH", "/configurations/", object{"jobs_ttl": 1})
	c.want(200, "GET", "/configurations/", nil)
}

const (
	noCredentials = `{"detail":"Authentication credentials were not provided."}`
	badToken      = `{"code":"token_not_valid","detail":"Given token not valid for any token type",` +
		`"messages":[{"message":"Token is invalid or expired","token_class":"AccessToken","token_type":"access"}]}`
	badRefresh = `{"code":"token_not_valid","detail":"Token is invalid or expired"}`
)

// The error bodies are those of the framework.
func TestErrorBodies(t *testing.T) {
	c := start(t)
	anonymous := c.with("")
	required := `["This field is required."]`
	for _, test := range []struct {
		as     client
		status int
		text   string
		method string
		path   string
		body   any
	}{
		{anonymous, 401, `{"detail":"No active account found with the given credentials"}`, "POST", "/auth/token/", object{"username": "dfoster", "password": "x"}},
		{anonymous, 400, `{"password":` + required + `,"username":` + required + `}`, "POST", "/auth/token/", object{}},
		{anonymous, 400, `{"password":` + required + `,"username":` + required + `}`, "POST", "/auth/token/", nil},
		{anonymous, 401, badRefresh, "POST", "/auth/token/refresh/", object{"refresh": "x"}},
		{anonymous, 401, noCredentials, "GET", "/jobs/", nil},
		{anonymous, 401, noCredentials, "PUT", "/jobs/", nil},
		{c.with("Bearer x"), 401, badToken, "GET", "/jobs/", nil},
		{c.with("Api-Key x"), 401, noCredentials, "GET", "/jobs/", nil},
		{c, 400, `{"paths":` + required + `,"site":` + required + `}`, "POST", "/file/workflow/", object{"workflow": "migrate"}},
		{c, 404, `{"detail":"Invalid page."}`, "GET", "/jobs/?page=2", nil},
		{c, 404, `{"detail":"Invalid page."}`, "GET", "/jobs/?page=x", nil},
		{c, 404, `{"detail":"Not found."}`, "GET", "/jobs/4711/", nil},
		{c, 404, `{"detail":"Not found."}`, "GET", "/jobs/abc/", nil},
		{c, 405, `{"detail":"Method \"PUT\" not allowed."}`, "PUT", "/jobs/", nil},
		{c, 400, `{"path":` + required + `,"site":` + required + `}`, "GET", "/file/", nil},
	} {
		test.as.wantText(test.status, test.text, test.method, test.path, test.body)
	}
	if got := anonymous.Do("GET", "/jobs/", nil).Header.Get("WWW-Authenticate"); got != `Bearer realm="api"` {
		t.Errorf("the challenge is %q", got)
	}
	if got := c.Do("PUT", "/jobs/", nil).Header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
		t.Errorf("Allow is %q", got)
	}
	got := c.Send("POST", "/file/workflow/", "text/plain", "x")
	if got.Status != 415 || got.Text != `{"detail":"Unsupported media type \"text/plain\" in request."}` {
		t.Errorf("a body of text: %d %s", got.Status, got.Text)
	}
	got = c.Send("POST", "/file/workflow/", "application/json", "{")
	if got.Status != 400 || !strings.HasPrefix(got.Text, `{"detail":"JSON parse error - `) {
		t.Errorf("broken JSON: %d %s", got.Status, got.Text)
	}
}

// A path without its trailing slash is redirected to the one with it, for every method,
// without a body and without authorization.
func TestMissingSlash(t *testing.T) {
	c := newClient(t, ngeneatest.New(t, ngeneatest.InMemory()))
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		for path, location := range map[string]string{
			"/file/workflow": "/api/file/workflow/",
			"/jobs/1?a=b":    "/api/jobs/1/?a=b",
		} {
			got := c.Do(method, path, object{})
			if got.Status != 301 || got.Header.Get("Location") != location || got.Text != "" {
				t.Errorf("%s %s: %d to %q with %q", method, path, got.Status, got.Header.Get("Location"), got.Text)
			}
		}
	}
	if n := c.srv.Count("submitWorkflow"); n != 0 {
		t.Errorf("%d of them reached the operation", n)
	}
	for _, path := range []string{"/nothing", "/nothing/", "/health/", "/jobs//"} {
		got := c.Do("GET", path, nil)
		if got.Status != 404 || !strings.Contains(got.Text, "<h1>Not Found</h1>") || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			t.Errorf("GET %s: %d %s", path, got.Status, got.Text)
		}
	}
}

// A Hub ignores unknown parameters and members; Requests lists them and Strict rejects
// them.
func TestUnknownMembers(t *testing.T) {
	c := start(t)
	c.want(200, "GET", "/jobs/?colour=red", nil)
	c.want(201, "POST", "/auth/clientkeys/", object{"name": "k", "scope": "all"})
	all := c.srv.Requests()
	for i, want := range []string{"query colour: is not known", "body scope: is not known"} {
		if got := all[len(all)-2+i].Violations; len(got) != 1 || got[0] != want {
			t.Errorf("listed %q, want %q", got, want)
		}
	}
	strict := start(t, ngeneatest.Strict())
	strict.wantText(400, `{"colour":["This field is not known."]}`, "GET", "/jobs/?colour=red", nil)
	strict.wantText(400, `{"scope":["This field is not known."]}`, "POST", "/auth/clientkeys/", object{"name": "k", "scope": "all"})
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithThrottle(2, time.Minute))
		c.want(200, "GET", "/jobs/", nil)
		time.Sleep(20 * time.Second)
		c.want(200, "GET", "/jobs/", nil)
		got := c.wantText(429, `{"detail":"Request was throttled. Expected available in 40 seconds."}`, "GET", "/jobs/", nil)
		if got.Header.Get("Retry-After") != "40" {
			t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
		}
		time.Sleep(40 * time.Second)
		c.want(200, "GET", "/jobs/", nil)
	})
}
