package wekatest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// With AnyPath a directory is made by whoever asks for it, as if a mount had been there.
func TestAnyPath(t *testing.T) {
	c := login(t, wekatest.New(t, wekatest.InMemory(), wekatest.AnyPath()))
	fs := c.filesystem("fs1")
	c.wantBody(400, "PATH_NOT_FOUND", "GET", fs+"/resolvePath?path=relative", nil)
	made := c.want(200, "GET", fs+"/resolvePath?path=/csi/pvc-1", nil).(object)["inode_id"]
	if again := c.want(200, "GET", fs+"/resolvePath?path=/csi/pvc-1", nil).(object)["inode_id"]; again != made {
		t.Errorf("a directory has the inode %v, then %v", made, again)
	}
}

// A page of one's own is served to whoever asks, and is seen by the observer.
func TestPagesAndObserver(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
	var seen []string
	srv := wekatest.New(t, wekatest.InMemory(), wekatest.WithPage("/mine/", page), wekatest.WithObserver(func(r wekatest.Request) {
		seen = append(seen, r.Operation+" "+r.Path)
	}))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/mine/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := srv.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || string(text) != "a page" {
		t.Errorf("got %q, %v", text, err)
	}
	login(t, srv)
	srv.Close()
	if got := strings.Join(seen, ", "); got != " /mine/1, login /api/v2/login" {
		t.Errorf("observed %s", got)
	}
}

// A simulator listens where it is told to, and says so if it cannot.
func TestAddress(t *testing.T) {
	srv := wekatest.New(t, wekatest.WithAddress("localhost:0"))
	address := strings.TrimPrefix(srv.URL, "https://")
	if second, err := wekatest.Start(wekatest.WithAddress(address)); err == nil {
		second.Close()
		t.Errorf("two listen on %s", address)
	}
	if nowhere, err := wekatest.Start(wekatest.WithAddress("nowhere")); err == nil || !strings.Contains(err.Error(), "host:port") {
		if nowhere != nil {
			nowhere.Close()
		}
		t.Errorf("got %v", err)
	}
}
