package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestUsers(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory()))
	alice := object{"username": "alice", "password": "Secret-1", "role": "ReadOnly"}
	made := c.want(200, "POST", "/users", alice).(object)
	c.wantBody(400, `{"message":"Could not create user: Username already in use."}`, "POST", "/users", alice)
	c.wantBody(400, `"missing_params":["password"]`, "POST", "/users", object{"username": "bob"})
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

// Logins report that the first password of admin must be changed, until it is.
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
