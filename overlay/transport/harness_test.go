package transport_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const origin = "https://weka01:14000"

// tokens hands out one token after the other, the next one when the last was invalidated,
// and then an error.
type tokens struct {
	left        []string
	adopted     []string // those that came from a store
	invalidated []string
	asked       int
}

var errNoToken = errors.New("no token left")

func (k *tokens) Token(ctx context.Context) (*token.Token, error) {
	k.asked++
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(k.left) == 0 {
		return nil, errNoToken
	}
	return &token.Token{Access: api.NewSecret(k.left[0]), Adopted: slices.Contains(k.adopted, k.left[0])}, nil
}

func (k *tokens) Invalidate(t *token.Token) {
	k.invalidated = append(k.invalidated, t.Access.Reveal())
	if len(k.left) > 0 && k.left[0] == t.Access.Reveal() {
		k.left = k.left[1:]
	}
}

// server answers with one status after the other, and keeps what it got.
type server struct {
	statuses  []int
	text      string // of every response; "" is a short one
	responses []*body
	got       []received
	err       error
}

type received struct {
	url, authorization, body string
	own                      bool // it had an Authorization header
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	got := received{url: r.URL.String(), authorization: r.Header.Get("Authorization")}
	_, got.own = r.Header["Authorization"]
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		got.body = string(text)
	}
	s.got = append(s.got, got)
	if s.err != nil {
		return nil, s.err
	}
	response := text(cmp.Or(s.text, `{"data":"x"}`))
	s.responses = append(s.responses, response)
	status := http.StatusOK
	if n := len(s.got); n <= len(s.statuses) {
		status = s.statuses[n-1]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: response, Request: r}, nil
}

// body counts the bytes read, and notes whether it was closed. Discarding a response may
// close it during a Read.
type body struct {
	io.Reader
	read   atomic.Int64
	closed atomic.Int32 // 0 or 1
}

func (b *body) Read(p []byte) (int, error) {
	if b.closed.Load() > 0 {
		return 0, errors.New("read after close")
	}
	n, err := b.Reader.Read(p)
	b.read.Add(int64(n))
	return n, err
}

func (b *body) Close() error {
	b.closed.Store(1)
	return nil
}

func text(s string) *body { return &body{Reader: strings.NewReader(s)} }

// request returns one to the origin, with a body unless it is nil.
func request(t *testing.T, content io.ReadCloser) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/api/v2/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = content
	return r
}

// table has an operation of each kind of authentication.
var table = map[string]*api.Operation{
	"bearer": api.NewOperation(api.Definition{ID: "bearer", Method: "POST", Path: "/bearer", Result: api.ResultNone, Auth: api.AuthBearer}),
	"query":  api.NewOperation(api.Definition{ID: "query", Method: "GET", Path: "/query", Result: api.ResultNone, Auth: api.AuthBearer, Class: api.ClassSafe}),
	"basic":  api.NewOperation(api.Definition{ID: "basic", Method: "POST", Path: "/basic", Result: api.ResultNone, Auth: api.AuthBasic}),
	"jwt":    api.NewOperation(api.Definition{ID: "jwt", Method: "POST", Path: "/jwt", Result: api.ResultNone, Auth: api.AuthJWT}),
	"body":   api.NewOperation(api.Definition{ID: "body", Method: "POST", Path: "/body", Result: api.ResultBody, Auth: api.AuthNone}),
	"none":   api.NewOperation(api.Definition{ID: "none", Method: "POST", Path: "/none", Result: api.ResultNone, Auth: api.AuthNone}),
}

// caller returns a client whose calls go through a stack to a server.
func caller(t *testing.T, k transport.Tokens, s *server) *call.Client {
	t.Helper()
	base, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	return call.New(call.Config{
		Base:      base,
		Transport: transport.Stack(transport.Layers{Base: s, Tokens: k, Origins: []string{origin}}),
	})
}

// sent returns the Authorization headers that arrived.
func (s *server) sent() (all []string) {
	for _, got := range s.got {
		all = append(all, got.authorization)
	}
	return all
}

// status sends a request through the layers and returns the status of the response.
func status(t *testing.T, layers http.RoundTripper, r *http.Request) int {
	t.Helper()
	response, err := layers.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// classes has an operation of each class, a DELETE and a login.
var classes = map[string]*api.Operation{
	"safe":       api.NewOperation(api.Definition{ID: "safe", Method: "GET", Path: "/safe/{id}", Result: api.ResultData, Class: api.ClassSafe, Parameters: []api.Parameter{{Name: "id", In: "path", Required: true}}}),
	"idempotent": api.NewOperation(api.Definition{ID: "idempotent", Method: "PUT", Path: "/idempotent", Result: api.ResultNone, Class: api.ClassIdempotent}),
	"delete":     api.NewOperation(api.Definition{ID: "delete", Method: "DELETE", Path: "/delete", Result: api.ResultNone, Class: api.ClassIdempotent}),
	"once":       api.NewOperation(api.Definition{ID: "once", Method: "POST", Path: "/once", Result: api.ResultNone, Class: api.ClassOnce}),
	"login":      api.NewOperation(api.Definition{ID: "login", Method: "POST", Path: "/login", Result: api.ResultNone, Class: api.ClassOnce, Auth: api.AuthNone}),
}

// step is what happens to one request.
type step func(*scripted, *http.Request) (*http.Response, error)

// scripted handles each request by the next step; the last step repeats. It calls the
// client trace as net/http does.
type scripted struct {
	mu    sync.Mutex
	steps []step
	sent  []time.Time // every attempt
	acted int         // requests that the server saw
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

// connected records that the server sees the request.
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

	// refused does not connect, like a closed port.
	refused step = func(*scripted, *http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	// reset loses the connection before the response.
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
	// half is a 2xx that breaks off.
	half step = func(c *scripted, r *http.Request) (*http.Response, error) {
		c.connected(r)
		broken := io.MultiReader(strings.NewReader(`{"da`), failing{io.ErrUnexpectedEOF})
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(broken), Request: r}, nil
	}
)

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// isTooMany is a NotStarted as a front door has it.
func isTooMany(response *http.Response) bool {
	return strings.Contains(string(transport.Peek(response)), "CannotStartOperationTooManyTasks")
}

// calling returns a client whose calls go through the layers.
func calling(t *testing.T, c *scripted, layers transport.Layers) *call.Client {
	t.Helper()
	base, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	layers.Base, layers.NotStarted, layers.Origins = c, isTooMany, []string{origin}
	return call.New(call.Config{Base: base, Transport: transport.Stack(layers)})
}

// make1 makes one call of an operation, with a body if it takes one.
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

// bubble runs a test with fake time.
func bubble(t *testing.T, steps []step, layers transport.Layers, test func(*testing.T, *scripted, *call.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &scripted{steps: steps}
		test(t, c, calling(t, c, layers))
	})
}

// failure returns the *call.Error that err must be.
func failure(t *testing.T, err error) *call.Error {
	t.Helper()
	var failed *call.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want a *call.Error", err)
	}
	return failed
}

// loggingIn is a token source that logs in for each token.
type loggingIn struct{ client *call.Client }

func (l loggingIn) Token(ctx context.Context) (*token.Token, error) {
	return &token.Token{Access: api.NewSecret("one")}, l.client.Call(ctx, classes["login"], nil, nil, nil, nil)
}

func (loggingIn) Invalidate(*token.Token) {}
