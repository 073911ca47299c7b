package transport_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// slowAfter is how long a request counts towards the bound of its host.
const slowAfter = 100 * time.Millisecond

// after is a step that waits before another.
func after(d time.Duration, then step) step {
	return func(c *scripted, r *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return then(c, r)
		case <-r.Context().Done():
			return silent(c, r)
		}
	}
}

// repliesHTTP2 is a good response over HTTP/2.
func repliesHTTP2(c *scripted, r *http.Request) (*http.Response, error) {
	response, err := good(c, r)
	response.ProtoMajor = 2
	return response, err
}

// sentAfter returns when each request was sent, counted from begun.
func (c *scripted) sentAfter(begun time.Time) []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []time.Duration
	for _, at := range c.sent {
		all = append(all, at.Sub(begun))
	}
	return all
}

// burst makes n calls at once, and returns when each was sent.
func burst(t *testing.T, n int, c *scripted, client *call.Client) []time.Duration {
	t.Helper()
	begun := time.Now()
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			if err := make1(t, client, "safe"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	return c.sentAfter(begun)
}

func TestConnectionsAreBounded(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		step step
		want []time.Duration // when each of six calls at once is sent over two connections
	}{
		"short":     {after(20*ms, good), []time.Duration{0, 0, 20 * ms, 20 * ms, 40 * ms, 40 * ms}},
		"long":      {after(time.Hour, good), []time.Duration{0, 0, slowAfter, slowAfter, 2 * slowAfter, 2 * slowAfter}},
		"long body": {dripping(100, 50*ms, nil), []time.Duration{0, 0, slowAfter, slowAfter, 2 * slowAfter, 2 * slowAfter}},
		"errors":    {after(20*ms, replies(404, `{}`)), []time.Duration{0, 0, 20 * ms, 20 * ms, 40 * ms, 40 * ms}},
		"failures":  {after(20*ms, refused), []time.Duration{0, 0, 20 * ms, 20 * ms, 40 * ms, 40 * ms}},
		"HTTP/2":    {after(20*ms, repliesHTTP2), []time.Duration{0, 0, 20 * ms, 20 * ms, 20 * ms, 20 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			layers := transport.Layers{Connections: transport.NewConnections(2), AttemptTimeout: -1, Retries: transport.RetryPolicy{Attempts: 1}}
			bubble(t, []step{c.step}, layers, func(t *testing.T, srv *scripted, client *call.Client) {
				begun := time.Now()
				var group sync.WaitGroup
				for range 6 {
					group.Go(func() { _ = make1(t, client, "safe") })
				}
				group.Wait()
				if got := srv.sentAfter(begun); !slices.Equal(got, c.want) {
					t.Errorf("sent after %v, want %v", got, c.want)
				}
			})
		})
	}
}

// A host that speaks HTTP/2 is not bounded.
func TestConnectionsOfHTTP2AreNotBounded(t *testing.T) {
	layers := transport.Layers{Connections: transport.NewConnections(2)}
	bubble(t, []step{repliesHTTP2, after(time.Second, repliesHTTP2)}, layers, func(t *testing.T, srv *scripted, client *call.Client) {
		if err := make1(t, client, "safe"); err != nil {
			t.Fatal(err)
		}
		if got := burst(t, 100, srv, client); got[100] != 0 {
			t.Errorf("the last one was sent after %v", got[100])
		}
	})
}

// Each host has its own bound.
func TestConnectionsToAnotherHost(t *testing.T) {
	layers := transport.Layers{Connections: transport.NewConnections(1), AttemptTimeout: -1}
	elsewhere := func(r *http.Request) { r.URL.Host = "weka02:14000" }
	bubble(t, []step{after(time.Hour, good), good}, layers, func(t *testing.T, _ *scripted, client *call.Client) {
		var group sync.WaitGroup
		group.Go(func() { _ = make1(t, client, "safe") })
		synctest.Wait()
		begun := time.Now()
		if err := make1(t, client, "safe", elsewhere); err != nil || time.Since(begun) != 0 {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
		group.Wait()
	})
}

// An attempt, and so its idle timeout, begins after the wait for a connection.
func TestConnectionWaitIsNotPartOfTheAttempt(t *testing.T) {
	var begun, ended atomic.Int32
	layers := transport.Layers{
		Connections: transport.NewConnections(1), AttemptTimeout: 30 * time.Millisecond,
		Hooks: transport.Hooks{
			BeforeAttempt: func(context.Context, transport.Attempt) { begun.Add(1) },
			AfterAttempt: func(_ context.Context, a transport.Attempt) {
				ended.Add(1)
				if a.Duration != 20*time.Millisecond || a.Class != nil {
					t.Errorf("an attempt took %v: %v", a.Duration, a.Class)
				}
			},
		},
	}
	bubble(t, []step{after(20*time.Millisecond, good)}, layers, func(t *testing.T, srv *scripted, client *call.Client) {
		if got := burst(t, 10, srv, client); len(got) != 10 || got[9] != 180*time.Millisecond {
			t.Errorf("sent after %v", got)
		}
	})
	if begun.Load() != 10 || ended.Load() != 10 {
		t.Errorf("%d attempts began, %d ended", begun.Load(), ended.Load())
	}
}

// The wait ends with the caller's deadline. Then nothing was sent, and the endpoint is
// neither set aside nor probed.
func TestConnectionWaitEndsWithTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := &cluster{}
		srv.set(origin, func(r *http.Request) (*http.Response, error) {
			time.Sleep(80 * time.Millisecond)
			return responds(http.StatusOK)(r)
		})
		endpoints := transport.NewEndpoints(transport.EndpointsConfig{
			Origins: []string{origin, "https://weka02:14000"}, Wire: srv, HealthPath: healthPath,
			Changed: func(change transport.EndpointChange) { t.Errorf("changed: %v", change) },
		})
		defer endpoints.Close()
		srv.set("https://weka02:14000", srv.as[origin])
		base := &url.URL{Scheme: "https", Host: "weka01:14000"}
		client := call.New(call.Config{Base: base, Transport: transport.Stack(transport.Layers{
			Base: srv, Connections: transport.NewConnections(1), Endpoints: endpoints,
		})})
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if err := make1(t, client, "once"); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		err := client.Call(ctx, classes["once"], nil, nil, nil, nil)
		if failed := failure(t, err); time.Since(begun) != 50*time.Millisecond || !errors.Is(err, context.DeadlineExceeded) ||
			failed.Attempts != 0 || !strings.Contains(err.Error(), "waiting for one of 1 connections to weka0") {
			t.Errorf("got %v after %v and %d attempts", err, time.Since(begun), failed.Attempts)
		}
		group.Wait()
		for range 4 { // the call that gave up holds no connection
			if err := make1(t, client, "once"); err != nil {
				t.Error(err)
			}
		}
		if calls, probes := srv.took(); calls[origin]+calls["https://weka02:14000"] != 6 || len(probes) != 0 {
			t.Errorf("got %v calls and %v probes", calls, probes)
		}
	})
}

// A burst over net/http opens no more connections than the bound, and each is reused.
func TestConnectionsAreReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &pipes{accepted: make(chan net.Conn)}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Millisecond)
			_, _ = w.Write([]byte(`{"data":"x"}`))
		})}
		go func() { _ = server.Serve(listener) }()
		const bound = 8
		wire := &http.Transport{MaxIdleConnsPerHost: bound, DialContext: listener.dial}
		client := call.New(call.Config{Base: &url.URL{Scheme: "http", Host: "weka01:14000"}, Transport: transport.Stack(transport.Layers{
			Base: wire, Connections: transport.NewConnections(bound),
		})})
		var group sync.WaitGroup
		for range 100 {
			group.Go(func() {
				for range 10 {
					if err := make1(t, client, "safe"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if dials := listener.dials.Load(); dials != bound {
			t.Errorf("%d connections for 1000 calls, want %d", dials, bound)
		}
		wire.CloseIdleConnections()
		_ = server.Close()
	})
}

// pipes is a listener without a network.
type pipes struct {
	accepted chan net.Conn
	dials    atomic.Int32
	closing  sync.Once
}

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	p.dials.Add(1)
	here, there := net.Pipe()
	p.accepted <- there
	return here, nil
}

func (p *pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.accepted; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p *pipes) Close() error {
	p.closing.Do(func() { close(p.accepted) })
	return nil
}

func (p *pipes) Addr() net.Addr { return address("pipe") }
