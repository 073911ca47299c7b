package wekatest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A session sees its own organization only, at the new routes and the old ones.
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

// To attach a policy again is a 500.
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
