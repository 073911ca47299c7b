package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// longLife is the lifetime of tokens that the simulator ends.
const longLife = time.Hour

// connections bounds the connections of a client, which thousands of goroutines share. One
// each would exceed the limit of open files.
const connections = 128

// startCluster starts a simulator whose refresh tokens can be used once: a second refresh of
// an expiry would lose the session.
func startCluster(life time.Duration, options ...wekatest.Option) (*wekatest.Server, error) {
	options = append(options, wekatest.WithRotation(true), wekatest.WithAccessTTL(life))
	return wekatest.Start(options...)
}

// connect returns a call of a client with a password. release closes the client and its
// connections.
func connect(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func(), err error) {
	wire := &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections}
	options = append(options, weka.WithPassword("admin", "admin"), weka.WithTransport(wire))
	c, err := weka.New(cluster.URL, options...)
	if err != nil {
		return nil, nil, err
	}
	call = func() error {
		_, err := c.FileSystems.List(ctx, nil)
		return err
	}
	return call, func() { c.Close(); wire.CloseIdleConnections() }, nil
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

// elapse waits for d or until ctx ends.
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

// tally counts the results of calls.
type tally struct {
	mu      sync.Mutex
	calls   int
	refused int // with 401
	failed  int // otherwise
	first   error
}

func (t *tally) add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	switch {
	case err == nil:
		return
	case errors.Is(err, weka.ErrUnauthorized):
		t.refused++
	default:
		t.failed++
	}
	if t.first == nil {
		t.first = err
	}
}

// lost returns the number of failed calls.
func (t *tally) lost() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused + t.failed
}

// err describes the failed calls, or is nil.
func (t *tally) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d calls got a 401, %d failed otherwise, the first with: %w", t.refused, t.calls, t.failed, t.first)
}

// load are goroutines that call without a pause.
type load struct {
	seen    tally
	ended   []atomic.Int64 // calls of each goroutine
	callers sync.WaitGroup
	end     chan struct{}
}

func startLoad(n int, call func() error) *load {
	l := &load{ended: make([]atomic.Int64, n), end: make(chan struct{})}
	for i := range l.ended {
		l.callers.Go(func() {
			for !l.stopped() {
				l.seen.add(call())
				l.ended[i].Add(1)
			}
		})
	}
	return l
}

func (l *load) stopped() bool {
	select {
	case <-l.end:
		return true
	default:
		return false
	}
}

// settle returns when every goroutine has ended a call that it began after settle was
// called. Then every goroutine has met the last revocation, and no call is under way that
// has met one before: the SDK sends a call again once, so it cannot hide two revocations
// within one call.
func (l *load) settle(ctx context.Context) error {
	wanted := make([]int64, len(l.ended))
	for i := range l.ended {
		wanted[i] = l.ended[i].Load() + 2 // the first may have begun before
	}
	for i := range l.ended {
		for l.ended[i].Load() < wanted[i] {
			if err := elapse(ctx, time.Millisecond); err != nil {
				return err
			}
		}
	}
	return nil
}

// stop returns after the calls under way.
func (l *load) stop() {
	close(l.end)
	l.callers.Wait()
}
