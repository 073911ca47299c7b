package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// classes has an operation of each class, and a DELETE.
var classes = map[string]*api.Operation{
	"safe":       api.NewOperation(api.Definition{ID: "safe", Method: "GET", Path: "/safe/{id}", Result: api.ResultData, Class: api.ClassSafe, Parameters: []api.Parameter{{Name: "id", In: "path", Required: true}}}),
	"idempotent": api.NewOperation(api.Definition{ID: "idempotent", Method: "PUT", Path: "/idempotent", Result: api.ResultNone, Class: api.ClassIdempotent}),
	"delete":     api.NewOperation(api.Definition{ID: "delete", Method: "DELETE", Path: "/delete", Result: api.ResultNone, Class: api.ClassIdempotent}),
	"once":       api.NewOperation(api.Definition{ID: "once", Method: "POST", Path: "/once", Result: api.ResultNone, Class: api.ClassOnce}),
	"login":      api.NewOperation(api.Definition{ID: "login", Method: "POST", Path: "/login", Result: api.ResultNone, Class: api.ClassOnce, Auth: api.AuthNone}),
}

// step is how a cluster treats one request.
type step func(*scripted, *http.Request) (*http.Response, error)

// scripted treats requests by one step after the other, the last one for ever. It
// tells net/http's traces what net/http would.
type scripted struct {
	mu    sync.Mutex
	steps []step
	sent  []time.Time // every sending
	acted int         // requests that the server got to see
}

func (c *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	c.mu.Lock()
	now := c.steps[min(len(c.sent), len(c.steps)-1)]
	c.sent = append(c.sent, time.Now())
	c.mu.Unlock()
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GetConn(r.URL.Host)
	}
	return now(c, r)
}

// connected is what happens before a server sees a request.
func (c *scripted) connected(r *http.Request) {
	c.mu.Lock()
	c.acted++
	c.mu.Unlock()
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
}

func replies(status int, content string, headers ...string) step {
	return func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		header := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: status, Header: header, Body: text(content), Request: r}, nil
	}
}

var (
	good    = replies(200, `{"data":"x"}`)
	tooMany = replies(400, `{"message":"there are already 32 tasks running","data":{"exceptionClass":["CannotStartOperationTooManyTasks"]}}`)

	// refused is no connection, as with a closed port.
	refused step = func(*scripted, *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	// reset is a connection that ends before the answer.
	reset step = func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	// silent never answers.
	silent step = func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	// half is a success that breaks off.
	half step = func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		broken := io.MultiReader(strings.NewReader(`{"da`), failing{io.ErrUnexpectedEOF})
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(broken), Request: r}, nil
	}
)

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// isTooMany is what a front door gives as NotStarted.
func isTooMany(answer *http.Response) bool {
	return strings.Contains(string(transport.Peek(answer)), "CannotStartOperationTooManyTasks")
}

// calling makes a client whose calls go to the cluster through the layers.
func calling(t *testing.T, c *scripted, layers transport.Layers) *call.Client {
	t.Helper()
	base, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	layers.Base, layers.NotStarted, layers.Origins = c, isTooMany, []string{origin}
	return call.New(call.Config{Base: base, Transport: transport.Stack(layers)})
}

// make1 makes one call of an operation, with a body where it may have one.
func make1(t *testing.T, c *call.Client, operation string, options ...api.CallOption) error {
	t.Helper()
	var path []any
	var body, result any
	switch operation {
	case "safe":
		path, result = []any{"secret-id"}, new(string)
	case "idempotent", "once":
		body = map[string]string{"password": "secret-body"}
	}
	return c.Call(t.Context(), classes[operation], path, nil, body, result, options...)
}

// bubble runs a test in fake time.
func bubble(t *testing.T, steps []step, layers transport.Layers, test func(*testing.T, *scripted, *call.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &scripted{steps: steps}
		test(t, c, calling(t, c, layers))
	})
}

// failure is the *call.Error that err must be.
func failure(t *testing.T, err error) *call.Error {
	t.Helper()
	var failed *call.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want a *call.Error", err)
	}
	return failed
}

// loggingIn is a source of tokens that makes a call for each.
type loggingIn struct{ client *call.Client }

func (l loggingIn) Token(ctx context.Context) (*token.Token, error) {
	return &token.Token{Access: api.NewSecret("one")}, l.client.Call(ctx, classes["login"], nil, nil, nil, nil)
}

func (loggingIn) Invalidate(*token.Token) {}
