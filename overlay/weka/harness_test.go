package weka_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	statusOperation  = "getClusterStatus"
	jsonUnauthorized = `{"data":"Unauthorized"}`
	lockedBody       = `{"data":"Authentication Failed. User has been locked out for another 1m55s due to too many login attempts"}`
)

// bubble runs a test in a bubble of fake time, against a simulator of its own. It
// uses http: a hundred concurrent callers would spend their time on TLS handshakes.
func bubble(t *testing.T, test func(t *testing.T, srv *wekatest.Server), options ...wekatest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, wekatest.New(t, append(options, wekatest.InMemory(), wekatest.Plain())...))
	})
}

// newClient makes a client of a simulator that is closed when the test ends.
func newClient(t *testing.T, srv *wekatest.Server, options ...weka.Option) *weka.Client {
	t.Helper()
	return newClientOver(t, srv, srv.Transport(), options...)
}

// newClientOver makes a client that sends through a transport.
func newClientOver(t *testing.T, srv *wekatest.Server, over http.RoundTripper, options ...weka.Option) *weka.Client {
	t.Helper()
	return newClientAt(t, srv.URL, append(options, weka.AllowPlainHTTP(), weka.WithTransport(over))...)
}

func newClientAt(t *testing.T, address string, options ...weka.Option) *weka.Client {
	t.Helper()
	c, err := weka.New(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// admin makes a client that logs in with the simulator's own account.
func admin(t *testing.T, srv *wekatest.Server, options ...weka.Option) *weka.Client {
	t.Helper()
	return newClient(t, srv, append(options, weka.WithPassword("admin", "admin"))...)
}

// watched makes a client whose requests are recorded.
func watched(t *testing.T, srv *wekatest.Server) (*weka.Client, *connecttest.Wire) {
	t.Helper()
	seen := &connecttest.Wire{Next: srv.Transport()}
	return newClientOver(t, srv, seen, weka.WithPassword("admin", "admin")), seen
}

// status is the call that most tests make.
func status(ctx context.Context, c *weka.Client) error {
	_, err := c.Cluster.GetStatus(ctx)
	return err
}

func mustStatus(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := status(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// together makes n concurrent calls and returns their errors.
func together(t *testing.T, c *weka.Client, n int) []error {
	t.Helper()
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = status(t.Context(), c) })
	}
	group.Wait()
	return errs
}

// wantTogether makes 100 concurrent calls that must succeed.
func wantTogether(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := errors.Join(together(t, c, 100)...); err != nil {
		t.Fatal(err)
	}
}

// wantCounts checks how many logins and refreshes a simulator has received.
func wantCounts(t *testing.T, srv *wekatest.Server, logins, refreshes int) {
	t.Helper()
	if got := srv.Count("login"); got != logins {
		t.Errorf("%d logins were sent, want %d", got, logins)
	}
	if got := srv.Count("refreshToken"); got != refreshes {
		t.Errorf("%d refreshes were sent, want %d", got, refreshes)
	}
}

func wantError(t *testing.T, err error, operation string, classes ...error) {
	t.Helper()
	_ = asError(t, err, operation, classes...)
}

// asError checks that err is the error of an operation, in these classes, and returns it.
func asError(t *testing.T, err error, operation string, classes ...error) *weka.Error {
	t.Helper()
	return connecttest.Error(t, err, operation, classes...)
}

// slow responds after ten seconds.
func slow(w http.ResponseWriter, r *http.Request, next http.Handler) {
	time.Sleep(10 * time.Second)
	next.ServeHTTP(w, r)
}

// hang responds nothing until the client goes away, which the server notices once the body
// is read.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// ownFolder is a folder that, whatever the umask, only its owner can write to.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
