package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// With AnyPath resolvePath creates the directory.
func TestAnyPath(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.AnyPath()))
	fs := c.filesystem("fs1")
	c.wantBody(400, "PATH_NOT_FOUND", "GET", fs+"/resolvePath?path=relative", nil)
	made := c.want(200, "GET", fs+"/resolvePath?path=/csi/pvc-1", nil).(object)["inode_id"]
	if again := c.want(200, "GET", fs+"/resolvePath?path=/csi/pvc-1", nil).(object)["inode_id"]; again != made {
		t.Errorf("a directory has the inode %v, then %v", made, again)
	}
}

// An earlier release does not have later routes and members.
func TestRelease(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.Release("4.3")))
	if got := c.want(200, "GET", "/cluster", nil).(object)["release"]; got != "4.3.0" {
		t.Errorf("the release is %v", got)
	}
	c.wantBody(404, `{"message":"Route GET - /api/v2/tenants does not exist"}`, "GET", "/tenants", nil)
	c.wantBody(404, `{"message":"Route GET - /api/v2/fileSystems/x/resolvePath does not exist"}`, "GET", "/fileSystems/x/resolvePath?path=/", nil)
	c.want(200, "GET", "/organizations", nil)
	c.want(200, "GET", "/containers", nil)
	c.wantBody(400, `"unknown_params":["audit"]`, "POST", "/fileSystems", object{"name": "x", "group_name": "default", "total_capacity": 1 << 30, "audit": true})

	for release, want := range map[string]int{"3.14": 404, "4.2": 200, "4.2.1": 200, "5": 200} {
		c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.Release(release)))
		c.want(want, "GET", "/processes", nil)
	}
}

func TestStartRefuses(t *testing.T) {
	for name, option := range map[string]wekatest.Option{
		"an access token without a life": wekatest.WithAccessTTL(0),
		"a refresh token without a life": wekatest.WithRefreshTTL(-1),
		"a negative transition":          wekatest.WithTransitionTime(-1),
		"no user":                        wekatest.WithAccount("", "x", "Root"),
		"no organization":                wekatest.WithAccount("x", "x", ""),
	} {
		if srv, err := wekatest.Start(option); err == nil {
			srv.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
