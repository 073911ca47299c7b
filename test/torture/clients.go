package main

import (
	"context"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/must"
)

// longLife is the lifetime of tokens that the simulator ends.
const longLife = time.Hour

// connections bounds the connections of a client, which thousands of goroutines share. One
// each would exceed the limit of open files.
const connections = 128

// startCluster starts a simulator whose refresh tokens can be used once: a second refresh of
// an expiry would lose the session.
func startCluster(life time.Duration, options ...wekatest.Option) *wekatest.Server {
	options = append(options, wekatest.WithRotation(true), wekatest.WithAccessTTL(life))
	return must.Get(wekatest.Start(options...))
}

// connect returns a call of a client with a password. release closes the client and its
// connections.
func connect(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func()) {
	wire := &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}
	options = append(options, weka.WithPassword("admin", "admin"), weka.WithTransport(wire))
	c := must.Get(weka.New(cluster.URL, options...))
	call = func() error {
		_, err := c.FileSystems.List(ctx, nil)
		return err
	}
	return call, func() { c.Close(); wire.CloseIdleConnections() }
}

// expire ends the access tokens: in even turns the server rejects them, in odd turns its
// clock advances.
func expire(cluster *wekatest.Server, turn int) {
	if turn%2 == 0 {
		cluster.ExpireTokens()
	} else {
		cluster.Advance(longLife)
	}
}
