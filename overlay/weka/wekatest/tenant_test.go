package wekatest_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// as returns a client with a session of another user.
func (c client) as(user, password, organization string) client {
	c.t.Helper()
	c.authorization = ""
	tokens := c.want(200, "POST", "/login", object{"username": user, "password": password, "org": organization}).(object)
	c.authorization = "Bearer " + tokens["access_token"].(string)
	return c
}

// A session sees its own organization only, under the new name and the old.
func TestTenants(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	acme := c.want(200, "POST", "/tenants", object{
		"name": "acme", "username": "boss", "password": "Secret-1", "total_quota": json.Number("10000000000"),
	}).(object)
	if acme["total_quota"] != json.Number("10000003072") {
		t.Errorf("the quota is %v, want whole blocks", acme["total_quota"])
	}
	c.wantBody(400, "Name already in use", "POST", "/tenants", object{"name": "acme", "username": "x", "password": "Secret-1"})
	if list := c.want(200, "GET", "/organizations", nil).([]any); len(list) != 2 {
		t.Errorf("got %v, want Root and acme", list)
	}
	if c.want(200, "GET", "/tenants/multipleTenantsExist", nil) != true {
		t.Error("there are two")
	}
	c.filesystem("ours")
	boss := c.as("boss", "Secret-1", "acme")
	if who := boss.want(200, "GET", "/users/whoami", nil).(object); who["org_name"] != "acme" || who["role"] != "TenantAdmin" {
		t.Errorf("got %v", who)
	}
	if list := boss.want(200, "GET", "/fileSystems", nil).([]any); len(list) != 0 {
		t.Errorf("got %v, want none", list)
	}
	theirs := boss.filesystem("theirs")
	c.wantBody(404, "not found", "GET", theirs, nil)
	boss.wantBody(403, `{"data":"Forbidden"}`, "POST", "/tenants", object{"name": "x", "username": "x", "password": "Secret-1"})
	path := "/tenants/" + acme["uid"].(string)
	c.wantBody(400, "in use", "DELETE", path, nil)
	if got := c.want(200, "PUT", path+"/limits", object{"ssd_quota": 4096}).(object); got["ssd_quota"] != json.Number("4096") || got["total_allocated"] != json.Number("1099511627776") {
		t.Errorf("got %v", got)
	}
	c.want(200, "PUT", path, object{"new_name": "acme2"})
	boss.want(200, "GET", theirs, nil)
	boss.want(200, "DELETE", theirs, nil)
	c.srv.Advance(time.Minute)
	c.want(200, "DELETE", path, nil)
	boss.wantBody(401, `{"data":"Unauthorized"}`, "GET", "/fileSystems", nil)
}

func TestUsers(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	alice := object{"username": "alice", "password": "Secret-1", "role": "ReadOnly"}
	made := c.want(200, "POST", "/users", alice).(object)
	c.wantBody(400, `{"message":"Could not create user: Username already in use."}`, "POST", "/users", alice)
	c.wantBody(400, `"missing_params":["password","role"]`, "POST", "/users", object{"username": "bob"})
	c.wantBody(400, `"param":"password"`, "POST", "/users", object{"username": "bob", "password": "weak", "role": "Regular"})
	path := "/users/" + made["uid"].(string)

	a := c.as("alice", "Secret-1", "Root")
	a.want(200, "GET", "/fileSystems", nil)
	a.want(403, "POST", "/fileSystems", newFilesystem("x", 1<<40))
	c.want(200, "PUT", path, object{"role": "ClusterAdmin"})
	a.want(200, "POST", "/fileSystems", newFilesystem("x", 1<<40))
	c.want(200, "DELETE", path+"/revoke", nil)
	a.want(401, "GET", "/fileSystems", nil)
	c.want(200, "PUT", path+"/password", object{"password": "Secret-2"})
	c.as("alice", "Secret-2", "Root")
	if list := c.want(200, "GET", "/users", nil).([]any); len(list) != 2 {
		t.Errorf("got %v, want admin and alice", list)
	}
	c.want(200, "DELETE", path, nil)
	c.wantBody(404, "uid: '", "DELETE", path, nil)
}

// The first password of admin has to be changed, and says so until it is.
func TestPasswordChangeRequired(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.WithPasswordChangeRequired()))
	required := func(password string) any {
		return c.want(200, "POST", "/login", object{"username": "admin", "password": password}).(object)["password_change_required"]
	}
	if required("admin") != true {
		t.Error("the flag is not set")
	}
	change := object{"username": "admin", "old_password": "wrong", "new_password": "Better-1"}
	c.want(401, "PUT", "/users/password", change)
	change["old_password"] = "admin"
	c.want(200, "PUT", "/users/password", change)
	if required("Better-1") != false {
		t.Error("the flag is still set")
	}
	c.want(401, "POST", "/login", object{"username": "admin", "password": "admin"})
}

// What the cluster says of lifetimes and of lockouts is what it does.
func TestSecurityRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := login(t, wekatest.New(t, wekatest.InMemory()))
		got := c.want(200, "GET", "/security/defaultTokensExpiry", nil).(object)
		if got["access_token_expiry"] != json.Number("300") || got["refresh_token_expiry"] != json.Number("2592000") {
			t.Errorf("got %v", got)
		}
		c.want(200, "POST", "/security/defaultTokensExpiry", object{"access_token_expiry": 60})
		c.wantBody(200, `"expires_in":60`, "POST", "/login", object{"username": "admin", "password": "admin"})
		c.want(200, "PUT", "/lockoutPolicy", object{"num_failed_logins": 1, "lockout_duration": 60})
		wrong := object{"username": "admin", "password": "x"}
		c.want(401, "POST", "/login", wrong)
		c.wantBody(403, "locked out for another 1m0s", "POST", "/login", wrong)
		time.Sleep(time.Minute)
		c.want(200, "POST", "/login", object{"username": "admin", "password": "admin"})
	})
}

// A policy that is attached a second time is a 500, which changes nothing.
func TestSecurityPolicies(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	made := c.want(200, "POST", "/security/policies", object{"name": "p1", "ip": []string{"10.0.0.0/8"}, "role": []string{}}).(object)
	if got := made["ips"].([]any); got[0] != "10.0.0.0/8" {
		t.Errorf("got %v", made)
	}
	path := c.filesystem("fs1") + "/securityPolicy"
	for _, holder := range []string{path, "/security/join/client/securityPolicy"} {
		c.wantBody(200, `"name":"p1"`, "POST", holder+"/attach", object{"policies": []string{"p1"}})
		c.wantBody(500, "already present in the list", "POST", holder+"/attach", object{"policies": []string{made["uid"].(string)}})
		if list := c.want(200, "GET", holder, nil).([]any); len(list) != 1 {
			t.Errorf("%s: got %v", holder, list)
		}
		c.wantBody(404, "policies: 'p2' not found", "POST", holder+"/attach", object{"policies": []string{"p2"}})
		c.want(200, "POST", holder+"/detach", object{"policies": []string{"p1"}})
		c.want(404, "POST", holder+"/detach", object{"policies": []string{"p1"}})
		c.want(200, "PUT", holder, object{"policies": []string{"p1"}})
		if list := c.want(200, "DELETE", holder, nil).([]any); len(list) != 0 {
			t.Errorf("%s: got %v, want none", holder, list)
		}
	}
}
