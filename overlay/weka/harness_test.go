package weka_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	statusOperation  = "getClusterStatus"
	jsonUnauthorized = `{"data":"Unauthorized"}`
	lockedBody       = `{"data":"Authentication Failed. User has been locked out for another 1m55s due to too many login attempts"}`
)

// bubble runs a test in a bubble of fake time, against a simulator of its own. It
// speaks http: a hundred callers at once would spend their time on TLS handshakes.
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

// newClientOver makes one that sends through a transport of the test's.
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

// watched makes one whose requests are recorded.
func watched(t *testing.T, srv *wekatest.Server) (*weka.Client, *wire) {
	t.Helper()
	seen := &wire{next: srv.Transport()}
	return newClientOver(t, srv, seen, weka.WithPassword("admin", "admin")), seen
}

// status is the call that most tests make.
func status(ctx context.Context, c *weka.Client) error {
	_, err := c.Cluster.GetClusterStatus(ctx)
	return err
}

func mustStatus(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := status(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// together makes n calls at once and returns their errors.
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

// wantTogether makes 100 calls at once that must succeed.
func wantTogether(t *testing.T, c *weka.Client) {
	t.Helper()
	if err := errors.Join(together(t, c, 100)...); err != nil {
		t.Fatal(err)
	}
}

// wantCounts checks what a simulator was asked: tries of a login and of a refresh.
func wantCounts(t *testing.T, srv *wekatest.Server, logins, refreshes int) {
	t.Helper()
	if got := srv.Count("login"); got != logins {
		t.Errorf("%d logins were sent, want %d", got, logins)
	}
	if got := srv.Count("refreshToken"); got != refreshes {
		t.Errorf("%d refreshes were sent, want %d", got, refreshes)
	}
}

// wantError checks that err is an *Error of that operation, of all those classes,
// in one line.
func wantError(t *testing.T, err error, operation string, classes ...error) {
	t.Helper()
	_ = asError(t, err, operation, classes...)
}

// asError does so and returns it.
func asError(t *testing.T, err error, operation string, classes ...error) *weka.Error {
	t.Helper()
	var failed *weka.Error
	if !errors.As(err, &failed) || failed.Operation != operation {
		t.Fatalf("got %v (%T), want a *weka.Error of %s", err, err, operation)
	}
	for _, class := range classes {
		if !errors.Is(err, class) {
			t.Errorf("%v: is not %q", err, class)
		}
	}
	wantLine(t, err)
	if !strings.HasPrefix(err.Error(), operation) {
		t.Errorf("%v: does not begin with the operation", err)
	}
	return failed
}

func wantLine(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); strings.ContainsAny(text, "\r\n\x00\x1b\u2028") || len(text) > 1100 {
		t.Errorf("not one line: %q", text)
	}
}

// slow answers after ten seconds.
func slow(w http.ResponseWriter, r *http.Request, next http.Handler) {
	time.Sleep(10 * time.Second)
	next.ServeHTTP(w, r)
}

// hang answers nothing, until the client goes away: which the server notices once
// the body is read.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// sent is what went over the wire, for the tests of what must not.
type sent struct {
	host, path, authorization, body string
	hasAuthorization                bool
	status                          int
}

// wire records what a client sends.
type wire struct {
	next http.RoundTripper
	mu   sync.Mutex
	all  []sent
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	s := sent{host: r.URL.Scheme + "://" + r.URL.Host, path: r.URL.Path, authorization: r.Header.Get("Authorization")}
	_, s.hasAuthorization = r.Header["Authorization"]
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		s.body = string(body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := w.next.RoundTrip(r)
	if err == nil {
		s.status = answer.StatusCode
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, s)
	return answer, err
}

// to lists what was sent to a path below /api/v2.
func (w *wire) to(path string) []sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []sent
	for _, s := range w.all {
		if s.path == "/api/v2"+path {
			found = append(found, s)
		}
	}
	return found
}

// answering is a transport that answers everything alike.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(a.body)),
	}, nil
}

// ownFolder is one in which, whatever the umask, nobody else can write.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
