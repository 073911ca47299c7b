package ngeneatest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// A page of one's own is served to whoever asks.
func TestPagesOfOnesOwn(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
	c := client{t: t, srv: ngeneatest.New(t, ngeneatest.InMemory(), ngeneatest.WithPage("/api/mine/", page))}
	c.wantText(200, "a page", "GET", "/mine/1", nil)
}

// A simulator listens where it is told to, and says so if it cannot.
func TestAddress(t *testing.T) {
	srv := ngeneatest.New(t, ngeneatest.WithAddress("localhost:0"))
	address := strings.TrimPrefix(srv.URL, "https://")
	if second, err := ngeneatest.Start(ngeneatest.WithAddress(address)); err == nil {
		second.Close()
		t.Errorf("two listen on %s", address)
	}
}
