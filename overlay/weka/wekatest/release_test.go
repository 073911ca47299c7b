package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// An earlier release does not have the routes that came later, nor their members.
func TestRelease(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.Release("4.3")))
	if got := c.want(200, "GET", "/cluster", nil).(object)["release"]; got != "4.3.0" {
		t.Errorf("the release is %v", got)
	}
	c.wantBody(404, `{"message":"Route GET - /api/v2/tenants does not exist"}`, "GET", "/tenants", nil)
	c.wantBody(404, `{"message":"Route GET - /api/v2/fileSystems/x/resolvePath does not exist"}`, "GET", "/fileSystems/x/resolvePath?path=/", nil)
	c.want(200, "GET", "/organizations", nil)
	c.want(200, "GET", "/containers", nil)
	c.wantBody(400, `"unknown_params":["access_token_expiry"]`, "POST", "/login/refresh", object{"refresh_token": "x", "access_token_expiry": 60})

	for release, want := range map[string]int{"3.14": 404, "4.2": 200, "4.2.1": 200, "5": 200} {
		c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.Release(release)))
		if got, answer := c.do("GET", "/processes", nil); got != want {
			t.Errorf("%s: got %d %v, want %d", release, got, answer, want)
		}
	}
}

// What public clients send although the document does not have it: another case of
// a path, a query by name, a GET for the mount token.
func TestUndocumented(t *testing.T) {
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
	c.authorization = ""
	c.want(401, "GET", fs+"/mountToken", nil)
}
