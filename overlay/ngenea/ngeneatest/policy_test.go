package ngeneatest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

const (
	noCredentials = `{"detail":"Authentication credentials were not provided."}`
	badToken      = `{"code":"token_not_valid","detail":"Given token not valid for any token type",` +
		`"messages":[{"message":"Token is invalid or expired","token_class":"AccessToken","token_type":"access"}]}`
	badRefresh = `{"code":"token_not_valid","detail":"Token is invalid or expired"}`
)

// The bodies of section 0 of what was measured on the framework.
func TestFrameworkBodies(t *testing.T) {
	c := start(t)
	nobody := client{t: t, srv: c.srv}
	required := `["This field is required."]`
	for _, row := range []struct {
		as     client
		status int
		text   string
		method string
		path   string
		body   any
	}{
		{nobody, 401, `{"detail":"No active account found with the given credentials"}`, "POST", "/auth/token/", object{"username": "dfoster", "password": "x"}},
		{nobody, 400, `{"password":` + required + `,"username":` + required + `}`, "POST", "/auth/token/", object{}},
		{nobody, 400, `{"password":` + required + `,"username":` + required + `}`, "POST", "/auth/token/", nil},
		{nobody, 401, badRefresh, "POST", "/auth/token/refresh/", object{"refresh": "x"}},
		{nobody, 401, noCredentials, "GET", "/jobs/", nil},
		{nobody, 401, noCredentials, "PUT", "/jobs/", nil},
		{client{t: t, srv: c.srv, authorization: "Bearer x"}, 401, badToken, "GET", "/jobs/", nil},
		{client{t: t, srv: c.srv, authorization: "Api-Key x"}, 401, noCredentials, "GET", "/jobs/", nil},
		{c, 400, `{"paths":` + required + `,"site":` + required + `}`, "POST", "/file/workflow/", object{"workflow": "migrate"}},
		{c, 404, `{"detail":"Invalid page."}`, "GET", "/jobs/?page=2", nil},
		{c, 404, `{"detail":"Invalid page."}`, "GET", "/jobs/?page=x", nil},
		{c, 404, `{"detail":"Not found."}`, "GET", "/jobs/4711/", nil},
		{c, 404, `{"detail":"Not found."}`, "GET", "/jobs/abc/", nil},
		{c, 405, `{"detail":"Method \"PUT\" not allowed."}`, "PUT", "/jobs/", nil},
		{c, 400, `{"path":` + required + `,"site":` + required + `}`, "GET", "/file/", nil},
	} {
		row.as.wantText(row.status, row.text, row.method, row.path, row.body)
	}
	if got := nobody.do("GET", "/jobs/", nil).header.Get("WWW-Authenticate"); got != `Bearer realm="api"` {
		t.Errorf("the challenge is %q", got)
	}
	if got := c.do("PUT", "/jobs/", nil).header.Get("Allow"); got != "GET, HEAD, OPTIONS" {
		t.Errorf("Allow is %q", got)
	}
	got := c.send("POST", "/file/workflow/", "text/plain", "x")
	if got.status != 415 || got.text != `{"detail":"Unsupported media type \"text/plain\" in request."}` {
		t.Errorf("a body of text: %d %s", got.status, got.text)
	}
	got = c.send("POST", "/file/workflow/", "application/json", "{")
	if got.status != 400 || !strings.HasPrefix(got.text, `{"detail":"JSON parse error - `) {
		t.Errorf("broken JSON: %d %s", got.status, got.text)
	}
}

// A path without its trailing slash is redirected to the one with it whatever the
// verb, with an empty body, before anybody asks who comes.
func TestMissingSlash(t *testing.T) {
	c := client{t: t, srv: ngeneatest.New(t, ngeneatest.InMemory())}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		for path, location := range map[string]string{
			"/file/workflow": "/api/file/workflow/",
			"/jobs/1?a=b":    "/api/jobs/1/?a=b",
		} {
			got := c.do(method, path, object{})
			if got.status != 301 || got.header.Get("Location") != location || got.text != "" {
				t.Errorf("%s %s: %d to %q with %q", method, path, got.status, got.header.Get("Location"), got.text)
			}
		}
	}
	if n := c.srv.Count("submitWorkflow"); n != 0 {
		t.Errorf("%d of them reached the operation", n)
	}
	for _, path := range []string{"/nothing", "/nothing/", "/health/", "/jobs//"} {
		got := c.do("GET", path, nil)
		if got.status != 404 || !strings.Contains(got.text, "<h1>Not Found</h1>") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("GET %s: %d %s", path, got.status, got.text)
		}
	}
}

// What is wrong with a body is told field by field, below lists item by item.
func TestFieldMap(t *testing.T) {
	c := start(t)
	good := func() object {
		return object{
			"name": "w", "label": "W", "icon_classes": []any{}, "fields": []any{},
			"filter_rules": []any{object{"state": "all", "type": "all", "action": []any{object{"name": "x"}}}},
		}
	}
	for member, row := range map[string]struct {
		value any
		text  string
	}{
		"name":         {"two words", `["This field may not contain spaces."]`},
		"label":        {strings.Repeat("é", 101), `["Ensure this field has no more than 100 characters."]`},
		"enabled":      {"x", `["Must be a valid boolean."]`},
		"icon_classes": {"x", `["Expected a list of items."]`},
		"discovery":    {"some", `["\"some\" is not a valid choice."]`},
		"filter_rules": {[]any{
			object{"state": "all", "type": "all", "action": []any{}}, object{"state": 1, "action": []any{}},
		}, `[{},{"state":["Not a valid string."],"type":["This field is required."]}]`},
	} {
		body := good()
		body[member] = row.value
		c.wantText(400, fmt.Sprintf(`{"%s":%s}`, member, row.text), "POST", "/workflows/", body)
	}
	body := good()
	body["filter_rules"].([]any)[0].(object)["type"] = "folder"
	c.wantText(400, `{"filter_rules":[{"type":["\"folder\" is not a valid choice."]}]}`, "POST", "/workflows/", body)
	c.wantText(400, `{"non_field_errors":["Invalid data. Expected a dictionary."]}`, "POST", "/workflows/", []any{1})
	body = good()
	body["name"] = "migrate"
	c.wantText(400, `{"name":["workflow with this name already exists."]}`, "POST", "/workflows/", body)
}

// A Hub ignores what it does not know; the journal tells of it, and Strict refuses
// it.
func TestUnknown(t *testing.T) {
	c := start(t)
	c.want(200, "GET", "/jobs/?colour=red", nil)
	c.want(201, "POST", "/auth/clientkeys/", object{"name": "k", "scope": "all"})
	all := c.srv.Requests()
	for i, want := range []string{"query colour: is not known", "body scope: is not known"} {
		if got := all[len(all)-2+i].Violations; len(got) != 1 || got[0] != want {
			t.Errorf("noted %q, want %q", got, want)
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
		if got.header.Get("Retry-After") != "40" {
			t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
		}
		time.Sleep(40 * time.Second)
		c.want(200, "GET", "/jobs/", nil)
	})
}
