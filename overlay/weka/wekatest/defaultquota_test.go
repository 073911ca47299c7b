package wekatest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A default quota goes by an inode alone. Directories that are made right below begin
// with it and keep it; those that were there before do not have it.
func TestDefaultQuota(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	fs := c.filesystem("fs1")
	before := srv.MakeDirectory("fs1", "/projects/a", 0)
	projects := c.want(200, "GET", fs+"/resolvePath?path=/projects", nil).(object)["inode_id"].(string)
	path := "/fileSystems/quota/" + projects

	c.wantBody(404, "inode_id: '1' not found", "PUT", "/fileSystems/quota/1", limit(1<<30))
	c.wantBody(404, "inode_id: '1' not found", "DELETE", "/fileSystems/quota/1/default", nil)
	c.wantBody(500, "Directory has no quota", "DELETE", path+"/default", nil)
	c.wantBody(404, "uid: 'none' not found", "GET", "/fileSystems/none/quota/default", nil)
	got := c.want(200, "PUT", path, object{"hard_limit_bytes": 1 << 30, "grace_seconds": 60, "owner": "alice"}).(object)
	if got["inode_id"] != json.Number(projects) || got["hard_limit_bytes"] != json.Number("1073741824") || got["status"] != "ACTIVE" {
		t.Errorf("got %v", got)
	}
	row := c.want(200, "GET", fs+"/quota/default", nil).([]any)[0].(object)
	if row["id"] != projects || row["path"] != "/projects" || row["fsName"] != "fs1" || row["owner"] != "alice" ||
		row["graceSeconds"] != json.Number("60") || row["soft_limit_bytes"] != json.Number("18446744073709551615") {
		t.Errorf("got %v", row)
	}

	below := srv.MakeDirectory("fs1", "/projects/b/deeper", 5)
	c.wantBody(500, "Directory has no quota", "GET", fmt.Sprintf("%s/quota/%d", fs, before), nil)
	c.wantBody(500, "Directory has no quota", "GET", fmt.Sprintf("%s/quota/%d", fs, below), nil)
	c.wantBody(200, `"hard_limit_bytes":1073741824`, "DELETE", path+"/default", nil)
	srv.MakeDirectory("fs1", "/projects/c", 0)
	rows := c.want(200, "GET", fs+"/quota", nil).([]any)
	if len(rows) != 1 || rows[0].(object)["path"] != "/projects/b" || rows[0].(object)["hard_limit_bytes"] != json.Number("1073741824") {
		t.Errorf("got %v, want the quota of /projects/b alone", rows)
	}
	c.wantBody(200, `"data":[]`, "GET", fs+"/quota/default", nil)
}
