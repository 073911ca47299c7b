package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// tally counts the calls and the errors of many callers.
type tally struct {
	mu     sync.Mutex
	calls  int
	errors int
	first  error
}

func (t *tally) add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if err == nil {
		return
	}
	t.errors++
	if t.first == nil {
		t.first = err
	}
}

// callAtOnce makes n calls at the same time, and returns the number of errors and the
// first.
func callAtOnce(n int, call func() error) (failed int, first error) {
	var seen tally
	var callers sync.WaitGroup
	start := make(chan struct{})
	for range n {
		callers.Go(func() {
			<-start
			seen.add(call())
		})
	}
	close(start)
	callers.Wait()
	return seen.errors, seen.first
}

// traffic is a number of callers that repeat a call until they are stopped.
type traffic struct {
	seen    tally
	callers sync.WaitGroup
	end     chan struct{}
}

// callInterval is the interval of each caller.
const callInterval = 50 * time.Millisecond

func startTraffic(n int, call func() error) *traffic {
	t := &traffic{end: make(chan struct{})}
	for range n {
		t.callers.Go(func() {
			ticker := time.NewTicker(callInterval)
			defer ticker.Stop()
			for {
				t.seen.add(call())
				select {
				case <-ticker.C:
				case <-t.end:
					return
				}
			}
		})
	}
	return t
}

func (t *traffic) count() int {
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	return t.seen.calls
}

func (t *traffic) failed() bool {
	t.seen.mu.Lock()
	defer t.seen.mu.Unlock()
	return t.seen.errors > 0
}

// stop waits for the running calls and returns the counts and the first error.
func (t *traffic) stop() (calls, failed int, first error) {
	close(t.end)
	t.callers.Wait()
	return t.seen.calls, t.seen.errors, t.seen.first
}

// tokenServer is a simulator of either product.
type tokenServer interface {
	Logins() int
	Refreshes() int
}

// trafficCallers is the number of callers of a traffic.
const trafficCallers = 4

// outlive runs a traffic for longer than the lifetime of two tokens. The session is logged
// in and must not log in again.
func outlive(ctx context.Context, p *printer, server tokenServer, call func(context.Context) error) (string, error) {
	refreshes, began, outlived := server.Refreshes(), time.Now(), 2*tokenLife+tokenLife/10
	calls := startTraffic(trafficCallers, func() error { return call(ctx) })
	err := poll(ctx, p, 4*tokenLife, func(context.Context) (string, bool, error) {
		count, renewed := calls.count(), server.Refreshes()-refreshes
		broken := calls.failed() || server.Logins() != 1
		return fmt.Sprintf("%d calls, %d refreshes", count, renewed), broken || renewed >= 2 && time.Since(began) > outlived, nil
	})
	count, failed, first := calls.stop()
	switch {
	case failed > 0:
		return "", fmt.Errorf("%d of %d calls failed, the first with: %w", failed, count, first)
	case err != nil:
		return "", err
	case server.Logins() != 1:
		return "", fmt.Errorf("%d logins: want 1", server.Logins())
	}
	return fmt.Sprintf("%d calls, 0 failed; %d refreshes, still 1 login", count, server.Refreshes()-refreshes), nil
}
