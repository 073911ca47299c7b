package wekatest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// A snapshot is created, uploaded, renamed, restored and removed.
func TestSnapshotLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.WithTransitionTime(9*time.Second)))
		fs := c.filesystem("fs1")
		uid := fs[len("/fileSystems/"):]
		made := c.want(200, "POST", "/snapshots", object{"fs_uid": uid, "name": "s1", "is_writable": true}).(object)
		if made["filesystemUid"] != uid || made["filesystem"] != "fs1" || made["isWritable"] != true || made["stowStatus"] != "NONE" {
			t.Errorf("got %v", made)
		}
		path := "/snapshots/" + made["uid"].(string)
		c.wantBody(400, "Name already in use", "POST", "/snapshots", object{"fs_uid": uid, "name": "s1"})
		c.wantBody(400, `"FilesystemDoesNotExistException"`, "POST", "/snapshots", object{"fs_uid": "none", "name": "s2"})
		other := c.filesystem("fs2")
		c.want(200, "POST", "/snapshots", object{"fs_uid": other[len("/fileSystems/"):], "name": "s1"})
		if list := c.want(200, "GET", "/snapshots?filesystem=fs1", nil).([]any); len(list) != 1 {
			t.Errorf("got %v, want the one of fs1", list)
		}

		locator := c.want(200, "POST", path+"/upload", object{}).(object)["locator"]
		stow := func(status, progress string) {
			t.Helper()
			got := c.want(200, "GET", path, nil).(object)
			local := got["localStowInfo"].(object)
			if got["stowStatus"] != status || local["stowProgress"] != progress || local["locator"] != locator ||
				got["remoteStowInfo"].(object)["stowStatus"] != "NONE" {
				t.Errorf("got %v, want %s %s", got, status, progress)
			}
		}
		stow("UPLOADING", "0%")
		time.Sleep(3 * time.Second)
		stow("UPLOADING", "33%")
		time.Sleep(6 * time.Second)
		stow("SYNCHRONIZED", "100%")

		c.want(200, "PUT", path, object{"new_name": "s3", "access_point": "@point"})
		restored := c.want(200, "POST", "/snapshots/"+uid+"/"+made["uid"].(string)+"/restore", nil).(object)
		if restored["name"] != "s3" || restored["accessPoint"] != "@point" {
			t.Errorf("got %v", restored)
		}
		c.want(200, "DELETE", path, nil)
		if got := c.want(200, "GET", path, nil).(object); got["isRemoving"] != true {
			t.Errorf("got %v, want isRemoving", got)
		}
		c.wantBody(400, "because snapshots are being deleted in it", "POST", "/snapshots/"+uid+"/"+made["uid"].(string)+"/restore", nil)
		time.Sleep(9 * time.Second)
		c.wantBody(404, "uid: '", "GET", path, nil)
		c.wantBody(400, `"exceptionClass":["SnapshotDoesNotExistException"]`, "DELETE", path, nil)
	})
}
