package wekatest_test

import (
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Without a valid token every operation but three is a 401; eight require HTTP Basic
// instead.
func TestAuthorization(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := newClient(t, srv)
	other := strings.Replace(login(t, srv).Authorization, "Bearer", "Token", 1)
	for _, authorization := range []string{"", "Bearer", "Bearer x", "Basic YWRtaW46YWRtaW4=", other} {
		c.Authorization = authorization
		c.wantBody(401, unauthorized, "GET", "/fileSystems", nil)
	}
	c.Authorization = ""
	c.wantBody(200, `"ok"`, "GET", "/healthcheck", nil)

	ldap := object{}
	for _, authorization := range []string{"", login(t, srv).Authorization, "Basic Og=="} {
		c.Authorization = authorization
		c.wantBody(401, unauthorized, "PUT", "/s3/refresh-imported", ldap)
	}
	c.Authorization = "Basic bGRhcDpwYXNz"
	if got := c.Do("PUT", "/s3/refresh-imported", ldap); got.Status == 401 {
		t.Errorf("with HTTP Basic: got %d %s", got.Status, got.Text)
	}
}

// Public clients use what the document does not have: another case of a path, a query by
// name, a GET for the mount token.
func TestUndocumentedRequests(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	fs := c.filesystem("fs1")
	c.filesystem("fs2")
	c.want(200, "GET", "/filesystems/"+fs[len("/fileSystems/"):]+"/quota", nil)
	if list := c.want(200, "GET", "/fileSystems?name=fs2", nil).([]any); len(list) != 1 {
		t.Errorf("got %v, want fs2", list)
	}
	token := c.want(200, "GET", fs+"/mountToken", nil).(object)
	if token["filesystem_name"] != "fs1" || token["mount_token"] == "" {
		t.Errorf("got %v", token)
	}
	c.Authorization = ""
	c.want(401, "GET", fs+"/mountToken", nil)
}

// Requests lists the rules of the document that a request broke.
func TestViolations(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	c.want(400, "POST", "/fileSystems?fresh=1", object{"size": 1})
	all := srv.Requests()
	got := strings.Join(all[len(all)-1].Violations, "; ")
	for _, want := range []string{"query fresh: is not known", "body size: is not known", "body name: is required"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestUnknownRoutes(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	c.wantBody(404, `{"message":"Route GET - /api/v2/nowhere/1 does not exist"}`, "GET", "/nowhere/1", nil)
	c.wantBody(404, `{"message":"Route GET - /api/v2/fileSystems/ does not exist"}`, "GET", "/fileSystems/", nil)
	c.wantBody(404, `{"message":"Route PATCH - /api/v2/cluster does not exist"}`, "PATCH", "/cluster", nil)
	c.wantBody(200, `"data":`, "GET", "/alerts", nil) // a sample
}

// A tenant's administrator manages the security policies of the tenant, and sees no others.
func TestSecurityPoliciesOfATenant(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithAccount("tina", "Passw0rd", "t1"))
	root := login(t, srv)
	root.want(200, "POST", "/security/policies", object{"name": "all", "action": "Allow"})
	tenant := root.as("tina", "Passw0rd", "t1")
	own := tenant.want(200, "POST", "/security/policies", object{"name": "own", "action": "Allow"}).(object)
	if listed := tenant.want(200, "GET", "/security/policies", nil).([]any); len(listed) != 1 {
		t.Errorf("got %v, want the tenant's own policy", listed)
	}
	tenant.want(200, "DELETE", "/security/policies/"+own["uid"].(string), nil)
}
