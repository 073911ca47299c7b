package main

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
)

// tally counts the calls and the errors of many callers.
type tally struct {
	mu            sync.Mutex
	calls, failed int
	first         error
}

func (t *tally) add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if err != nil {
		t.failed++
		t.first = cmp.Or(t.first, err)
	}
}

// counts returns the number of calls, and an error with the number of those that failed.
func (t *tally) counts() (calls int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed > 0 {
		err = fmt.Errorf("%d of %d calls failed, the first with: %w", t.failed, t.calls, t.first)
	}
	return t.calls, err
}

// callAtOnce makes n calls at the same time.
func callAtOnce(n int, call func() error) error {
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
	_, err := seen.counts()
	return err
}

// traffic is a number of callers that repeat a call until they are stopped.
type traffic struct {
	tally
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
				t.add(call())
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

// stop waits for the running calls and returns their counts.
func (t *traffic) stop() (calls int, err error) {
	close(t.end)
	t.callers.Wait()
	return t.counts()
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
func outlive(ctx context.Context, p *printer, server tokenServer, call func(context.Context) error) string {
	refreshes, began, outlived := server.Refreshes(), time.Now(), 2*tokenLife+tokenLife/10
	calls := startTraffic(trafficCallers, func() error { return call(ctx) })
	err := poll(ctx, p, 4*tokenLife, func(context.Context) (string, bool, error) {
		count, failed := calls.counts()
		renewed := server.Refreshes() - refreshes
		over := renewed >= 2 && time.Since(began) > outlived
		return fmt.Sprintf("%d calls, %d refreshes", count, renewed), over || server.Logins() != 1, failed
	})
	count := must.Get(calls.stop())
	must.Succeed(err)
	must.Hold(server.Logins() == 1, "%d logins: want 1", server.Logins())
	return fmt.Sprintf("%d calls, 0 failed; %d refreshes, still 1 login", count, server.Refreshes()-refreshes)
}
