package wekatest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The life of a snapshot: made, uploaded, restored, renamed, removing, gone.
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

// The three queries whose cursor goes through the body.
func TestPagesThroughTheBody(t *testing.T) {
	srv := wekatest.New(t, wekatest.InMemory())
	c := login(t, srv)
	uid := c.filesystem("fs1")[len("/fileSystems/"):]
	srv.MakeDirectory("fs1", "/a", 3) // with the root: 5 entries
	c.want(200, "POST", "/snapshots", object{"fs_uid": uid, "name": "s1"})
	for path, query := range map[string]struct {
		body         object
		cursor, from string
		rows         func(object) int
	}{
		"/catalog/query": {object{"fs_uuid": uid, "select_fields": []string{"filename", "inode"}, "page_size": 2}, "next_cookie", "resume_cookie",
			func(page object) int { return len(page["data"].([]any)) }},
		"/catalog/query/diff": {object{"fs_uuid": uid, "old_point_in_time": "x", "page_size": 2}, "next_cookie", "resume_cookie",
			func(page object) int { return len(page["data"].([]any)) }},
		"/snapshots/diff/getResults": {object{"fs_name": "fs1", "recent_snap": "s1", "max_results": 2}, "next_resume_token", "resume_token",
			func(page object) int { return len(page["data"].(object)["results"].([]any)) }},
	} {
		found := 0
		for range 3 {
			status, answer := c.do("POST", path, query.body)
			if status != 200 {
				t.Fatalf("%s: got %d %v", path, status, answer)
			}
			page := answer.(object)
			found += query.rows(page)
			next, ok := page[query.cursor]
			if !ok {
				next = page["data"].(object)[query.cursor]
			}
			if last := next == nil || next == ""; last != (found == 5) {
				t.Fatalf("%s: after %d rows the cursor is %v", path, found, next)
			}
			query.body[query.from] = next
		}
		if found != 5 {
			t.Errorf("%s: found %d rows, want 5", path, found)
		}
	}
	cookies := c.want(200, "POST", "/snapshots/diff/prepare", object{"fs_name": "fs1", "recent_snap": "s1", "parallelism": 2}).([]any)
	if len(cookies) != 2 {
		t.Fatalf("got %v, want 2 cookies", cookies)
	}
	part := c.want(200, "POST", "/snapshots/diff/getResults", object{
		"fs_name": "fs1", "recent_snap": "s1", "max_results": 10, "resume_token": cookies[0], "stop_token": cookies[1],
	}).(object)
	if len(part["results"].([]any)) != 2 || part["next_resume_token"] != cookies[1] {
		t.Errorf("got %v, want 2 rows and the token to stop at", part)
	}
	c.wantBody(400, "SnapshotDoesNotExistException", "POST", "/snapshots/diff/prepare", object{"fs_name": "fs1", "recent_snap": "none", "parallelism": 2})
}
