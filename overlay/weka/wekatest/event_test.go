package wekatest_test

import (
	"fmt"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Events come in pages whose cursor is a UUID, or a time for local events.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithPageSize(2))
		c := login(t, srv)
		time.Sleep(time.Second) // the login is an event too
		since := time.Now().UTC().Format(time.RFC3339Nano)
		for i := range 4 {
			c.filesystem(fmt.Sprintf("fs%d", i))
		}
		c.want(200, "POST", "/events/custom", object{"message": "hello"})
		for path, cursorLike := range map[string]string{"/events?": "-4000-8000-", "/events/local?": "T"} {
			found, query := []any{}, "start_time="+url.QueryEscape(since)
			for range 3 {
				page := c.Want(200, "GET", path+query, nil).Body.(object)
				found = append(found, page["data"].([]any)...)
				next, _ := page["next_token"].(string)
				query = "start_time=" + url.QueryEscape(since) + "&next_token=" + url.QueryEscape(next)
				if len(found) < 5 && len(next) < 20 {
					t.Errorf("%s: the cursor is %q, want one like %s", path, next, cursorLike)
				}
			}
			if len(found) != 5 {
				t.Errorf("%s: found %d events, want 5", path, len(found))
			}
		}
		newest := c.want(200, "GET", "/events?num_results=1", nil).([]any)[0].(object)
		if newest["type"] != "CustomEvent" || newest["description"] != "hello" {
			t.Errorf("got %v, want the newest", newest)
		}
		c.wantBody(200, "FilesystemAdded", "GET", "/events?type_list=FilesystemAdded&sort_order=asc", nil)
		c.wantBody(200, `{"data":null}`, "GET", "/events?severity=critical", nil)
		c.wantBody(400, `"param":"start_time"`, "GET", "/events?start_time=yesterday", nil)
	})
}
