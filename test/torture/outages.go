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
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// measureOutages counts the calls that a burst loses when a backend dies under it or answers
// 429, and measures how long a call takes on a connection that the network has forgotten, and
// how many calls are made while a backend rejects good tokens.
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
	left := max(leaveForgotten(ctx, true), leaveForgotten(ctx, false))
	throughput, rejected := n.rogueThroughput(ctx, c, a.rogueTime)
	return []results.Row{
		results.Exactly("calls lost to a dying backend", dying.Lost(), 0),
		results.Exactly("calls lost to 429", busy.Lost(), 0),
		results.AtMost("seconds until a dead connection is left", left.Seconds(), "s", a.recovery),
		results.AtLeast("rogue backend: throughput", throughput, "ratio", 0.5),
	}, errors.Join(dying.Err(), busy.Err(), rejected, n.cluster.Err())
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
// of the client, which has its default options.
func leaveForgotten(ctx context.Context, http2 bool) time.Duration {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{}}`)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that end in a handshake
	srv.EnableHTTP2 = http2
	network := &forgetfulListener{Listener: srv.Listener}
	srv.Listener = network
	srv.StartTLS()
	defer srv.Close()
	c := must.Get(weka.New(srv.URL, weka.WithAccessToken("access"), weka.WithInsecureSkipVerify()))
	defer c.Close()
	must.Succeed(readAtOnce(ctx, c, deadCallers).Err()) // over several connections of HTTP/1.1
	must.Succeed(network.forget())
	began := time.Now()
	must.Get(c.Cluster.GetStatus(ctx))
	return time.Since(began)
}

// forgetfulListener stands for a network that forgets connections: nothing arrives on them
// any more or is acknowledged, and they stay open.
type forgetfulListener struct {
	net.Listener
	mu       sync.Mutex
	accepted []*net.TCPConn
}

// Accept implements net.Listener.
func (l *forgetfulListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if tcp, ok := connection.(*net.TCPConn); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.accepted = append(l.accepted, tcp)
	}
	return connection, err
}

func (l *forgetfulListener) forget() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, connection := range l.accepted {
		if err := dropAll(connection); err != nil {
			return err
		}
	}
	l.accepted = nil
	return nil
}

// rogueThroughput compares the calls in a time while one of three backends rejects all
// tokens with those in the same time before.
func (n *network) rogueThroughput(ctx context.Context, c *weka.Client, lasting time.Duration) (ratio float64, err error) {
	measure := func() load.Count {
		calls := load.Start(deadCallers, 0, func() error {
			_, err := c.Cluster.GetStatus(ctx)
			return err
		})
		must.Succeed(load.Elapse(ctx, lasting))
		return calls.Stop()
	}
	healthy := measure()
	n.recorder.setRogue(0, true)
	rogue := measure()
	n.recorder.setRogue(0, false)
	return float64(rogue.Calls) / float64(healthy.Calls), errors.Join(healthy.Err(), rogue.Err())
}
