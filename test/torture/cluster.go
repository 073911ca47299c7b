package main

import (
	"context"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// longLife is that of tokens which end only when the simulator says so.
const longLife = time.Hour

// connections is how many a client of ours opens: thousands of goroutines share
// them, where each of its own would meet the limit of open files.
const connections = 128

// startCluster starts a simulator whose refresh tokens are good for one refresh: a
// second refresh of one expiry would cost the session.
func startCluster(life time.Duration, options ...wekatest.Option) (*wekatest.Server, error) {
	options = append(options, wekatest.WithRotation(true), wekatest.WithAccessTTL(life))
	return wekatest.Start(options...)
}

// connect makes a client that logs in with a password, and a call for it. release
// ends both its session and its connections.
func connect(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func(), err error) {
	wire := &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}
	options = append(options, weka.WithPassword("admin", "admin"), weka.WithTransport(wire))
	c, err := weka.New(cluster.URL, options...)
	if err != nil {
		return nil, nil, err
	}
	call = func() error {
		_, err := c.Filesystem.GetFileSystems(ctx, nil)
		return err
	}
	return call, func() { c.Close(); wire.CloseIdleConnections() }, nil
}

// expire ends the access tokens, by turns by the server's verdict and by its clock.
func expire(cluster *wekatest.Server, turn int) {
	if turn%2 == 0 {
		cluster.ExpireTokens()
	} else {
		cluster.Advance(longLife)
	}
}

// elapse waits, unless ctx ends.
func elapse(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
