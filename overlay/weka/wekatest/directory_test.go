package wekatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Three queries have their cursor in the body.
func TestCursorInBody(t *testing.T) {
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
			page := c.Want(200, "POST", path, query.body).Body.(object)
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
		t.Errorf("got %v, want 2 rows and the stop token", part)
	}
	c.wantBody(400, "SnapshotDoesNotExistException", "POST", "/snapshots/diff/prepare", object{"fs_name": "fs1", "recent_snap": "none", "parallelism": 2})
}
