package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// measureOutages counts the calls that a burst loses when a backend dies under it or answers
// 429, and measures how long a call takes on a connection that the network has forgotten.
func measureOutages(ctx context.Context, a amounts) (rows []results.Row, err error) {
	defer must.Catch(&err)
	n := startNetwork(time.Minute)
	defer n.close()
	c := must.Get(n.connect())
	defer c.Close()
	must.Get(c.Cluster.GetStatus(ctx)) // logs in
	dying := n.loseBackend(ctx, c, a.underWay)
	n.recorder.setBusy(time.Now().Add(500 * time.Millisecond))
	busy := readAtOnce(ctx, c, a.burst)
	left := max(leaveForgotten(ctx, true), leaveForgotten(ctx, false, weka.WithAttemptTimeout(a.idleTimeout)))
	return []results.Row{
		results.Exactly("calls lost to a dying backend", dying.Lost(), 0),
		results.Exactly("calls lost to 429", busy.Lost(), 0),
		results.AtMost("seconds until a dead connection is left", left.Seconds(), "s", a.recovery),
	}, errors.Join(dying.Err(), busy.Err(), n.cluster.Err())
}

// loseBackend cuts off an endpoint while so many reads wait for their responses.
func (n *network) loseBackend(ctx context.Context, c *weka.Client, calls int) (seen load.Count) {
	release := n.recorder.hold()
	cut := make(chan error, 1)
	go func() {
		defer release()
		err := until(ctx, patience, func() bool { return n.recorder.held() == calls })
		n.shut(0)
		cut <- errors.Join(err, load.Elapse(ctx, 100*time.Millisecond))
	}()
	seen = readAtOnce(ctx, c, calls)
	must.Succeed(<-cut)
	must.Succeed(n.open(0))
	return seen
}

// readAtOnce makes so many reads at the same time.
func readAtOnce(ctx context.Context, c *weka.Client, calls int) load.Count {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var seen load.Tally
	seen.CallAtOnce(calls, func() error {
		_, err := c.Cluster.GetStatus(ctx)
		return err
	})
	return seen.Count()
}

// leaveForgotten returns the time of a call after the network has forgotten all connections
// of the client.
func leaveForgotten(ctx context.Context, http2 bool, options ...weka.Option) time.Duration {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that end in a handshake
	srv.EnableHTTP2 = http2
	srv.StartTLS()
	defer srv.Close()
	network := startForgetful(ctx, srv.Listener.Addr().String())
	defer network.close()
	options = append(options, weka.WithAccessToken("access"), weka.WithInsecureSkipVerify())
	c := must.Get(weka.New("https://"+network.listener.Addr().String(), options...))
	defer c.Close()
	must.Succeed(readAtOnce(ctx, c, deadCallers).Err()) // over several connections of HTTP/1.1
	network.epoch.Add(1)
	began := time.Now()
	must.Get(c.Cluster.GetStatus(ctx))
	return time.Since(began)
}

// forgetfulNetwork is a network in front of a server. It forgets the connections of earlier
// epochs: nothing passes on them, and they stay open.
type forgetfulNetwork struct {
	listener net.Listener
	epoch    atomic.Int64

	running sync.WaitGroup
	mu      sync.Mutex
	open    []net.Conn
}

func startForgetful(ctx context.Context, server string) *forgetfulNetwork {
	var config net.ListenConfig
	n := &forgetfulNetwork{listener: must.Get(config.Listen(ctx, "tcp", "127.0.0.1:0"))}
	n.running.Go(func() {
		for {
			client, err := n.listener.Accept()
			if err != nil {
				return
			}
			var dialer net.Dialer
			upstream, err := dialer.DialContext(ctx, "tcp", server)
			if err != nil {
				_ = client.Close()
				continue
			}
			n.mu.Lock()
			n.open = append(n.open, client, upstream)
			n.mu.Unlock()
			born := n.epoch.Load()
			n.running.Go(func() { n.pass(client, upstream, born) })
			n.running.Go(func() { n.pass(upstream, client, born) })
		}
	})
	return n
}

// pass copies what arrives, or drops it once the connection is forgotten.
func (n *forgetfulNetwork) pass(to, from net.Conn, born int64) {
	buffer := make([]byte, 32<<10)
	for {
		read, err := from.Read(buffer)
		if err == nil && n.epoch.Load() == born {
			_, err = to.Write(buffer[:read])
		}
		if err != nil {
			if n.epoch.Load() == born {
				_ = to.Close()
			}
			return
		}
	}
}

func (n *forgetfulNetwork) close() {
	_ = n.listener.Close()
	n.mu.Lock()
	for _, connection := range n.open {
		_ = connection.Close()
	}
	n.mu.Unlock()
	n.running.Wait()
}
