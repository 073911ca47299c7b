package ngenea_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
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
	_, err := c.Alerts.List(ctx, nil)
	return err
}

func mustAlerts(t *testing.T, c *ngenea.Client) {
	t.Helper()
	if err := alerts(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// wantCounts checks how many logins and refreshes a simulator has received.
func wantCounts(t *testing.T, srv *ngeneatest.Server, logins, refreshes int) {
	t.Helper()
	if got := srv.Count("createToken"); got != logins {
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
func asError(t *testing.T, err error, operation string, classes ...error) *ngenea.Error {
	t.Helper()
	return connecttest.Error(t, err, operation, classes...)
}

// target is the path of a request, with its query.
func target(s connecttest.Request) string {
	if s.Query == "" {
		return "/api" + s.Path
	}
	return "/api" + s.Path + "?" + s.Query
}

// always is a wire whose responses are all the same.
func always(status int, body string) *connecttest.Wire {
	return &connecttest.Wire{Next: connecttest.Always(status, body)}
}

// answered makes a client with a token, whose requests a wire answers.
func answered(t *testing.T, w *connecttest.Wire, options ...ngenea.Option) *ngenea.Client {
	t.Helper()
	if len(options) == 0 {
		options = []ngenea.Option{ngenea.WithTokenFunc(func(context.Context) (ngenea.Token, error) { return ngenea.NewToken("jwt"), nil })}
	}
	options = append(options, ngenea.WithTransport(w), ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1}))
	return newClientAt(t, "hub.example.com", options...)
}
