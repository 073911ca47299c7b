package ngenea_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

const alertsOperation = "listAlerts"

// bubble runs a test in a bubble of fake time, against a simulator of its own.
func bubble(t *testing.T, test func(t *testing.T, srv *ngeneatest.Server), options ...ngeneatest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, ngeneatest.New(t, append(options, ngeneatest.InMemory(), ngeneatest.Plain())...))
	})
}

// newClient makes a client of a simulator that is closed when the test ends.
func newClient(t *testing.T, srv *ngeneatest.Server, options ...ngenea.Option) *ngenea.Client {
	t.Helper()
	return newClientAt(t, srv.URL, append(options, ngenea.AllowPlainHTTP(), ngenea.WithTransport(srv.Transport()))...)
}

func newClientAt(t *testing.T, address string, options ...ngenea.Option) *ngenea.Client {
	t.Helper()
	c, err := ngenea.New(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// foster makes a client that logs in with the simulator's own account.
func foster(t *testing.T, srv *ngeneatest.Server, options ...ngenea.Option) *ngenea.Client {
	t.Helper()
	return newClient(t, srv, append(options, ngenea.WithPassword("dfoster", "secret"))...)
}

// alerts is the call that most tests make.
func alerts(ctx context.Context, c *ngenea.Client) error {
	_, err := c.Alerts.ListAlerts(ctx, nil)
	return err
}

func mustAlerts(t *testing.T, c *ngenea.Client) {
	t.Helper()
	if err := alerts(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// wantCounts checks what a simulator was asked: tries of a login and of a refresh.
func wantCounts(t *testing.T, srv *ngeneatest.Server, logins, refreshes int) {
	t.Helper()
	if got := srv.Count("createToken"); got != logins {
		t.Errorf("%d logins were sent, want %d", got, logins)
	}
	if got := srv.Count("refreshToken"); got != refreshes {
		t.Errorf("%d refreshes were sent, want %d", got, refreshes)
	}
}

// wantError checks that err is an *Error of that operation, of all those classes, in
// one line.
func wantError(t *testing.T, err error, operation string, classes ...error) {
	t.Helper()
	_ = asError(t, err, operation, classes...)
}

// asError does so and returns it.
func asError(t *testing.T, err error, operation string, classes ...error) *ngenea.Error {
	t.Helper()
	var failed *ngenea.Error
	if !errors.As(err, &failed) || failed.Operation != operation {
		t.Fatalf("got %v (%T), want a *ngenea.Error of %q", err, err, operation)
	}
	wantClasses(t, err, classes...)
	return failed
}

func wantClasses(t *testing.T, err error, classes ...error) {
	t.Helper()
	for _, class := range classes {
		if !errors.Is(err, class) {
			t.Errorf("%v: is not %q", err, class)
		}
	}
	if err != nil && (strings.ContainsAny(err.Error(), "\r\n\x00\u2028") || len(err.Error()) > 1300) {
		t.Errorf("not one line: %q", err.Error())
	}
}

// sent is what went over the wire.
type sent struct {
	method, target, authorization, body string
}

// wire answers in place of a Hub, and records what it was asked.
type wire struct {
	answer func(number int, r *http.Request) (status int, body string)
	mu     sync.Mutex
	all    []sent
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	s := sent{method: r.Method, target: r.URL.RequestURI(), authorization: r.Header.Get("Authorization")}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		s.body = string(body)
	}
	w.mu.Lock()
	w.all = append(w.all, s)
	number := len(w.all)
	w.mu.Unlock()
	status, body := w.answer(number, r)
	header := http.Header{"Content-Type": {"application/json"}}
	if strings.HasPrefix(body, "<") {
		header.Set("Content-Type", "text/html")
	}
	if status/100 == 3 {
		header.Set("Location", body)
		body = ""
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}, nil
}

func (w *wire) sent() []sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]sent(nil), w.all...)
}

// always answers everything alike.
func always(status int, body string) *wire {
	return &wire{answer: func(int, *http.Request) (int, string) { return status, body }}
}

// answered makes a client with a token, whose every request a wire answers.
func answered(t *testing.T, w *wire, options ...ngenea.Option) *ngenea.Client {
	t.Helper()
	if len(options) == 0 {
		options = []ngenea.Option{ngenea.WithTokenFunc(func(context.Context) (ngenea.Token, error) { return ngenea.NewToken("jwt"), nil })}
	}
	options = append(options, ngenea.WithTransport(w), ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1}))
	return newClientAt(t, "hub.example.com", options...)
}
