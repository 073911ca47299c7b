package transport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// ready are the layers as a client has them, over a server of this process.
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

// kept is a source that has its token.
type kept token.Token

func (k *kept) Token(context.Context) (*token.Token, error) { return (*token.Token)(k), nil }
func (*kept) Invalidate(*token.Token)                       {}

// With nothing going wrong the layers together cost next to nothing beside a request:
// what a bare transport with a fixed token allocates, and a few more: 9 with a deadline
// and 14 without, and room for pools that the collector empties meanwhile.
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
	for ctx, most := range map[context.Context]float64{within: 11, t.Context(): 16} {
		more := count(ctx, stacked) - count(ctx, bare, call.WithHeader("Authorization", "Bearer one"))
		if more > most {
			t.Errorf("%v allocations more than a bare transport, want at most %v", more, most)
		}
		t.Log(more)
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
