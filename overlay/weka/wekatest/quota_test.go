package wekatest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A default quota is set by an inode alone. New subdirectories start with it and keep it;
// existing ones do not get it.
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

func limit(bytes any) object {
	return object{"hard_limit_bytes": bytes, "soft_limit_bytes": 0, "grace_seconds": 0}
}

// A quota is set by inode, which resolvePath returns; no quota is a 500.
func TestQuota(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	fs := c.filesystem("fs1")
	srv.MakeDirectory("fs1", "/projects/a", 0)

	c.wantBody(400, "PATH_NOT_FOUND", "GET", fs+"/resolvePath?path=/projects/b", nil)
	inode := c.want(200, "GET", fs+"/resolvePath?path=/projects/a", nil).(object)["inode_id"].(string)
	path := fs + "/quota/" + inode
	c.wantBody(500, `{"message":"Directory has no quota"}`, "GET", path, nil)
	c.wantBody(500, "Directory has no quota", "PATCH", path, object{"owner": "x"})
	c.wantBody(500, "Directory has no quota", "DELETE", path, nil)
	c.wantBody(400, `"missing_params":["grace_seconds","soft_limit_bytes"]`, "PUT", path, object{"hard_limit_bytes": 1})

	got := c.want(200, "PUT", path, limit(json.Number("1000001536"))).(object)
	if got["inode_id"] != json.Number(inode) || got["hard_limit_bytes"] != json.Number("1000001536") ||
		got["soft_limit_bytes"] != json.Number("18446744073709551615") || got["grace_seconds"] != nil || got["status"] != "ACTIVE" {
		t.Errorf("got %v", got)
	}
	c.want(200, "PATCH", path, object{"owner": "alice", "grace_seconds": 60})
	row := c.want(200, "GET", fs+"/quota", nil).([]any)[0].(object)
	if row["path"] != "/projects/a" || row["full_path"] != "fs1:/projects/a" || row["owner"] != "alice" ||
		row["hard_limit_bytes"] != json.Number("1000001536") || row["grace_seconds"] != json.Number("60") {
		t.Errorf("got %v", row)
	}
	if _, has := row["used_bytes"]; has || row["total_bytes"] == nil {
		t.Errorf("a list has total_bytes, not used_bytes: got %v", row)
	}
	c.wantBody(200, `/projects/a`, "GET", "/fileSystems/"+inode+"/getPath", nil)
	c.wantBody(200, `"inodeId":`+inode, "GET", "/quota/batch?inode_ids="+inode, nil)
	c.want(200, "DELETE", path, nil)
	c.wantBody(500, "Directory has no quota", "GET", path, nil)
	c.wantBody(200, `{"data":[]}`, "GET", fs+"/quota", nil)
}

// On a directory with files a quota needs a background task, of which 32 may run.
func TestQuotaTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithTransitionTime(10*time.Second), wekatest.WithAccessTTL(24*time.Hour))
		c := login(t, srv)
		fs := c.filesystem("fs1")
		path := fmt.Sprintf("%s/quota/%d", fs, srv.MakeDirectory("fs1", "/a", 5))
		srv.Seed("/tasks", make([]map[string]any, 32)...)
		c.wantBody(400, `{"data":{"exceptionClass":["CannotStartOperationTooManyTasks","BadStateException","OperationFailedException"],"tasks_num":32},"message":"Operation cannot start because there are already 32 tasks running"}`,
			"PUT", path, limit(1<<30))
		tasks := c.want(200, "GET", "/tasks", nil).([]any)
		c.want(200, "POST", "/tasks/"+tasks[0].(object)["uid"].(string)+"/abort", nil)

		got := c.want(200, "PUT", path, limit(1<<30)).(object)
		if got["status"] != "ADDING" {
			t.Errorf("got %v, want ADDING", got)
		}
		time.Sleep(5 * time.Second)
		tasks = c.want(200, "GET", "/tasks", nil).([]any)
		coloring := tasks[len(tasks)-1].(object)
		if coloring["type"] != "QUOTA_COLORING" || coloring["progress"] != json.Number("50") || coloring["state"] != "RUNNING" {
			t.Errorf("got %v", coloring)
		}
		task := "/tasks/" + coloring["uid"].(string)
		c.want(200, "POST", task+"/pause", nil)
		time.Sleep(time.Hour)
		if got := c.want(200, "GET", path, nil).(object); got["status"] != "ADDING" {
			t.Errorf("while its task is paused: got %v", got)
		}
		c.want(200, "POST", task+"/resume", nil)
		time.Sleep(5 * time.Second)
		if got := c.want(200, "GET", path, nil).(object); got["status"] != "ACTIVE" {
			t.Errorf("got %v, want ACTIVE", got)
		}
		c.want(200, "DELETE", path, nil)
		if got := c.want(200, "GET", path, nil).(object); got["status"] != "DELETING" {
			t.Errorf("got %v, want DELETING", got)
		}
		time.Sleep(10 * time.Second)
		c.wantBody(500, "Directory has no quota", "GET", path, nil)
	})
}

// The cursor of a list is a number that float64 cannot hold. The deprecated list is a map.
func TestQuotaPages(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithPageSize(2))
	c := login(t, srv)
	fs := c.filesystem("fs1")
	for i := range 5 {
		inode := srv.MakeDirectory("fs1", fmt.Sprintf("/%d", i), 0)
		c.want(200, "PUT", fmt.Sprintf("%s/quota/%d", fs, inode), limit(1<<30))
	}
	for _, list := range []string{fs + "/quota?", "/quota?type=directory&uid=" + fs[len("/fileSystems/"):] + "&"} {
		found, cursor := 0, ""
		for range 3 {
			response := c.Want(200, "GET", list+cursor, nil).Body.(object)
			switch page := response["data"].(type) {
			case []any:
				found += len(page)
			case object:
				found += len(page)
			}
			next, more := response["next_token"].(json.Number)
			if more == (found == 5) {
				t.Errorf("%s: after %d quotas the cursor is %q", list, found, next)
			}
			cursor = "next_token=" + next.String()
		}
		if found != 5 {
			t.Errorf("%s: found %d quotas, want 5", list, found)
		}
	}
	c.wantBody(400, `"param":"next_token"`, "GET", fs+"/quota?next_token=x", nil)
}
