package wekatest_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// tiers returns the buckets of a filesystem.
func (c client) tiers(path string) []any {
	c.T.Helper()
	return c.want(200, "GET", path, nil).(object)["obs_buckets"].([]any)
}

// A bucket is attached by its name and detached by its uid, with a background task. It
// cannot be deleted while it is attached.
func TestTiering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithTransitionTime(10*time.Second))
		c := login(t, srv)
		fs := c.filesystem("fs1")
		c.wantBody(400, "ObsBucketDoesNotExistException", "POST", fs+"/objectStoreBuckets", object{"obs_name": "cold"})
		c.wantBody(400, `"missing_params":["new_name"]`, "POST", "/objectStoreBuckets", object{"secret_key": "planted"})
		c.wantBody(200, `"secret_key":"**********"`, "POST", "/objectStoreBuckets", object{"new_name": "cold", "secret_key": "planted"})
		uid := c.want(200, "GET", "/objectStoreBuckets", nil).([]any)[0].(object)["uid"].(string)
		bucket := "/objectStoreBuckets/" + uid
		c.wantBody(200, `"secret_key":"**********"`, "PUT", bucket, object{"secret_key": "planted"})

		c.wantBody(404, "uid: 'none' not found", "POST", "/fileSystems/none/objectStoreBuckets", object{"obs_name": "cold"})
		c.wantBody(404, "obs_uid: '"+uid+"' not found", "DELETE", fs+bucket, nil)
		c.want(200, "POST", fs+"/objectStoreBuckets", object{"obs_name": "cold", "obs_mode": "READ_ONLY"})
		c.wantBody(400, "ObsBucketAlreadyAttachedException", "POST", fs+"/objectStores", object{"obs_name": "cold"})
		got := c.tiers(fs)[0].(object)
		if got["uid"] != uid || got["name"] != "cold" || got["mode"] != "READ_ONLY" || got["state"] != "ACTIVE" || got["status"] != "UP" {
			t.Errorf("got %v", got)
		}
		capacity := c.want(200, "GET", "/objectStores/capacities?filesystem=fs1", nil).([]any)[0].(object)
		if capacity["obs_bucket_uid"] != uid || capacity["filesystem_name"] != "fs1" {
			t.Errorf("got %v", capacity)
		}
		if rows := c.want(200, "GET", "/objectStores/capacities?filesystem=fs2", nil).([]any); len(rows) != 0 {
			t.Errorf("another filesystem: got %v", rows)
		}
		c.wantBody(400, "ObsBucketInUseException", "DELETE", bucket, nil)

		task := c.want(200, "DELETE", fs+bucket, nil)
		time.Sleep(5 * time.Second)
		running := c.want(200, "GET", "/tasks", nil).([]any)[0].(object)
		if running["id"] != task || running["type"] != "OBS_DETACH" {
			t.Errorf("the response %v is not the id of the task %v", task, running)
		}
		if got := c.tiers(fs)[0].(object); got["state"] != "DETACHING" || got["detachProgress"] != json.Number("50") {
			t.Errorf("got %v", got)
		}
		if again := c.want(200, "DELETE", fs+bucket, nil); again != task {
			t.Errorf("a second request has the task %v, want %v", again, task)
		}
		time.Sleep(5 * time.Second)
		if left := c.tiers(fs); len(left) != 0 {
			t.Errorf("got %v, want none", left)
		}
		c.want(200, "DELETE", bucket, nil)
	})
}

// A filesystem can be created tiered, and stays tiered if its detachment is aborted.
func TestCreateTiered(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithTransitionTime(time.Hour))
	c := login(t, srv)
	tiered := newFilesystem("fs1", 1<<40)
	tiered["obs_name"] = "cold"
	c.wantBody(400, "ObsBucketDoesNotExistException", "POST", "/fileSystems", tiered)
	uid := c.want(200, "POST", "/objectStoreBuckets", object{"new_name": "cold"}).(object)["uid"].(string)
	fs := "/fileSystems/" + c.want(200, "POST", "/fileSystems", tiered).(object)["uid"].(string)
	if got := c.tiers(fs)[0].(object); got["mode"] != "WRITABLE" {
		t.Errorf("got %v", got)
	}

	c.want(200, "DELETE", fs+"/objectStores/"+uid, nil)
	task := c.want(200, "GET", "/tasks", nil).([]any)[0].(object)["uid"].(string)
	c.want(200, "POST", "/tasks/"+task+"/abort", nil)
	if got := c.tiers(fs)[0].(object); got["state"] != "ACTIVE" {
		t.Errorf("after the abort: got %v", got)
	}
	second := c.filesystem("fs2")
	c.want(200, "POST", second+"/objectStoreBuckets", object{"obs_name": "cold"})
	if got := c.tiers(second)[0].(object); got["mode"] != "WRITABLE" {
		t.Errorf("attached without a mode: got %v", got)
	}
	srv.Seed("/tasks", make([]map[string]any, 32)...)
	c.wantBody(400, "CannotStartOperationTooManyTasks", "DELETE", fs+"/objectStores/"+uid, nil)
}
