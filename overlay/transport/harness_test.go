package transport_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const origin = "https://weka01:14000"

// tokens hands out one token after the other, the next when the last one was
// refused, and an error once there is none.
type tokens struct {
	left        []string
	adopted     []string // those of them that came from a store
	invalidated []string
	asked       int
}

var errNoToken = errors.New("no token any more")

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
	statuses []int
	text     string // of every answer; "" is a short one
	answers  []*body
	got      []received
	err      error
}

type received struct {
	url, authorization, body string
	own                      bool // an Authorization header was there
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
	answer := text(cmp.Or(s.text, `{"data":"x"}`))
	s.answers = append(s.answers, answer)
	status := http.StatusOK
	if n := len(s.got); n <= len(s.statuses) {
		status = s.statuses[n-1]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: answer, Request: r}, nil
}

// body tells how much of it was read, and whether it was closed.
type body struct {
	io.Reader
	read   int
	closed int
}

func (b *body) Read(p []byte) (int, error) {
	if b.closed > 0 {
		return 0, errors.New("read after close")
	}
	n, err := b.Reader.Read(p)
	b.read += n
	return n, err
}

func (b *body) Close() error {
	b.closed++
	return nil
}

func text(s string) *body { return &body{Reader: strings.NewReader(s)} }

// request is one to the origin, with a body unless it is nil.
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

// caller makes calls through a stack over a server.
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
