package main

import (
	"sync"
	"time"
)

// tally counts what many callers see.
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

// callAtOnce makes n callers call at the same time, and returns how many failed and
// the first of their errors.
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

// traffic is callers that call again and again until they are stopped.
type traffic struct {
	seen    tally
	callers sync.WaitGroup
	end     chan struct{}
}

// callInterval is the pause of each caller of a traffic.
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

// stop lets the calls under way finish and returns what the callers saw.
func (t *traffic) stop() (calls, failed int, first error) {
	close(t.end)
	t.callers.Wait()
	return t.seen.calls, t.seen.errors, t.seen.first
}
