package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Without Tokens no token is sent.
func TestStackWithoutTokens(t *testing.T) {
	s := &server{}
	if err := caller(t, nil, s).Call(t.Context(), table["bearer"], nil, nil, nil, nil); err != nil || s.got[0].own {
		t.Errorf("got %v, sent %+v", err, s.got)
	}
}

func TestStackWithoutBase(t *testing.T) {
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	s := &server{}
	http.DefaultTransport = s
	if _, err := transport.Stack(transport.Layers{}).RoundTrip(request(t, nil)); err != nil || len(s.got) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.got))
	}
}

// After Close nothing is sent, and bodies are closed.
func TestGate(t *testing.T) {
	s := &server{}
	gate := &transport.Gate{Next: s}
	if _, err := gate.RoundTrip(request(t, nil)); err != nil || len(s.got) != 1 {
		t.Fatalf("got %v after %d requests", err, len(s.got))
	}
	gate.Close()
	gate.Close()
	for _, content := range []*body{text("body"), nil} {
		r := request(t, nil)
		if content != nil {
			r.Body = content
		}
		if _, err := gate.RoundTrip(r); !errors.Is(err, token.ErrClosed) || len(s.got) != 1 {
			t.Errorf("got %v after %d requests, want ErrClosed after one", err, len(s.got))
		}
		if content != nil && content.closed.Load() != 1 {
			t.Error("the body was not closed")
		}
	}
}

// Operations that may change something are refused before a token is requested.
func TestReadOnly(t *testing.T) {
	for operation, refused := range map[string]bool{"safe": false, "login": false, "idempotent": true, "delete": true, "once": true} {
		k, c := &tokens{left: []string{"one"}}, &scripted{steps: []step{good}}
		err := make1(t, calling(t, c, transport.Layers{ReadOnly: true, Tokens: k}), operation)
		if errors.Is(err, call.ErrReadOnly) != refused || (len(c.sent) == 0) != refused || refused && k.asked > 0 {
			t.Errorf("%s: got %v after %d attempts", operation, err, len(c.sent))
		}
		if refused {
			failed := failure(t, err)
			if !errors.Is(failed.Class, call.ErrReadOnly) || failed.Attempts != 0 || failed.Operation != operation {
				t.Errorf("%s: got %v", operation, failed)
			}
		}
	}
}

// Do goes by the method, as does a request that no client made.
func TestReadOnlyByMethod(t *testing.T) {
	for method, refused := range map[string]bool{"GET": false, "HEAD": false, "POST": true, "PUT": true, "PATCH": true, "DELETE": true} {
		c := &scripted{steps: []step{good}}
		client := calling(t, c, transport.Layers{ReadOnly: true})
		if err := client.Do(t.Context(), method, "/x", nil, nil); errors.Is(err, call.ErrReadOnly) != refused {
			t.Errorf("Do %s: got %v", method, err)
		}
		content := text("body")
		r := request(t, content)
		r.Method = method
		response, err := (&transport.ReadOnly{Next: c}).RoundTrip(r)
		if errors.Is(err, call.ErrReadOnly) != refused || content.closed.Load() != 1 {
			t.Errorf("%s: got %v, %v; the body was closed %d times", method, response, err, content.closed.Load())
		}
	}
}

// ready returns a client without and one with all layers, of a server in this process.
func ready(tb testing.TB) (bare, stacked *call.Client) {
	tb.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"application/json"}
		_, _ = w.Write([]byte(`{"data":"x"}`))
	}))
	wire := &http.Transport{}
	base, err := url.Parse(srv.URL)
	if err != nil {
		tb.Fatal(err)
	}
	endpoints := transport.NewEndpoints(transport.EndpointsConfig{Origins: []string{srv.URL}, Wire: wire, HealthPath: "/"})
	tb.Cleanup(func() {
		endpoints.Close()
		wire.CloseIdleConnections()
		srv.Close()
	})
	client := func(through http.RoundTripper) *call.Client {
		return call.New(call.Config{Base: base, Transport: through})
	}
	stack := transport.Stack(transport.Layers{
		Base: wire, Endpoints: endpoints, Tokens: &kept{Access: api.NewSecret("one")}, Origins: []string{srv.URL}, Slash: transport.SlashRemoved, ReadOnly: true,
		Hooks: transport.Hooks{BeforeAttempt: func(context.Context, transport.Attempt) {}, AfterAttempt: func(context.Context, transport.Attempt) {}},
	})
	return client(wire), client(stack)
}

// kept is a token source with a fixed token.
type kept token.Token

func (k *kept) Token(context.Context) (*token.Token, error) { return (*token.Token)(k), nil }

func (*kept) Invalidate(*token.Token) {}

// A call without failures allocates little more than with a bare transport and a fixed
// token: 14, and room for pools that the garbage collector empties meanwhile.
func TestStackAllocatesLittle(t *testing.T) {
	bare, stacked := ready(t)
	count := func(ctx context.Context, c *call.Client, options ...api.CallOption) float64 {
		return testing.AllocsPerRun(500, func() {
			if err := c.Call(ctx, classes["safe"], []any{"1"}, nil, nil, new(string), options...); err != nil {
				t.Fatal(err)
			}
		})
	}
	within, cancel := context.WithTimeout(t.Context(), transport.DefaultAttemptTimeout)
	defer cancel()
	const most = 16
	for name, ctx := range map[string]context.Context{"deadline": within, "no deadline": t.Context()} {
		more := count(ctx, stacked) - count(ctx, bare, call.WithHeader("Authorization", "Bearer one"))
		if more > most {
			t.Errorf("%s: %v allocations more than a bare transport, want at most %v", name, more, most)
		}
	}
}

func BenchmarkStack(b *testing.B) {
	bare, stacked := ready(b)
	for name, c := range map[string]*call.Client{"bare": bare, "stacked": stacked} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Call(b.Context(), classes["safe"], []any{"1"}, nil, nil, new(string)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
