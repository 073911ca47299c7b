package weka_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Callers at once notice nothing of backends that go and come, one at a
// time, under one session.
func TestFailover(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := newClientAt(t, strings.Join(srv.URLs(), ","), weka.AllowPlainHTTP(), weka.WithTransport(srv.Transport()), weka.WithPassword("admin", "admin"))
		for number := range srv.URLs() {
			wantSome(t, c)
			srv.StopEndpoint(number)
			wantSome(t, c)
			if err := srv.StartEndpoint(number); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			mustStatus(t, c) // has the one that is back probed
			synctest.Wait()
		}
		wantCounts(t, srv, 1, 0)
	}, wekatest.Endpoints(3))
}

// With one address given, discovery keeps calls going when that one dies.
func TestFailoverToDiscovered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv, weka.WithDiscovery())
		for range 3 { // asks, probes, uses
			mustStatus(t, c)
			synctest.Wait()
		}
		srv.StopEndpoint(0)
		wantSome(t, c)
		var meta weka.Response
		if _, err := c.Cluster.GetClusterStatus(t.Context(), weka.WithResponse(&meta)); err != nil || meta.Endpoint == srv.URL {
			t.Errorf("got %v from %s, want an answer of another backend", err, meta.Endpoint)
		}
		wantCounts(t, srv, 1, 0)
	}, wekatest.Endpoints(3))
}

// The same over TLS, whose certificate is checked against the first address's name.
func TestDiscoveryOverTLS(t *testing.T) {
	srv := wekatest.New(t, wekatest.Endpoints(2))
	c := newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(srv.CAFile()), weka.WithDiscovery())
	deadline := time.After(10 * time.Second)
	for used := false; !used; {
		var meta weka.Response
		if _, err := c.Cluster.GetClusterStatus(t.Context(), weka.WithResponse(&meta)); err != nil {
			t.Fatal(err)
		}
		used = meta.Endpoint == srv.URLs()[1]
		select {
		case <-deadline:
			t.Fatal("the backend that the cluster named was not used")
		case <-time.After(time.Millisecond):
		}
	}
}

// wantSome makes 20 calls at once that must succeed.
func wantSome(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := errors.Join(together(t, c, 20)...); err != nil {
		t.Fatal(err)
	}
}
