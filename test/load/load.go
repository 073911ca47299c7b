// Package load makes calls from many goroutines and counts how they end.
package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/test/must"
)

// AtOnce runs do n times at the same time, with the numbers from 0, and joins the errors.
func AtOnce(n int, do func(i int) error) error {
	failed := make([]error, n)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-gate
			failed[i] = do(i)
		})
	}
	close(gate)
	all.Wait()
	return errors.Join(failed...)
}

// Elapse waits for d or until ctx ends.
func Elapse(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Tally counts the results of calls.
type Tally struct {
	mu    sync.Mutex
	count Count
}

// Count is how calls ended.
type Count struct {
	Calls   int
	Refused int // with 401
	Failed  int // otherwise
	First   error
}

// Add counts a call.
func (t *Tally) Add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count.Calls++
	t.count.First = cmp.Or(t.count.First, err)
	switch {
	case errors.Is(err, call.ErrUnauthorized):
		t.count.Refused++
	case err != nil:
		t.count.Failed++
	}
}

// CallAtOnce lets n goroutines make a call at the same time, and counts the calls.
func (t *Tally) CallAtOnce(n int, call func() error) {
	_ = AtOnce(n, func(int) error { t.Add(call()); return nil })
}

// Count returns the calls so far.
func (t *Tally) Count() Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Lost returns the number of calls that failed.
func (c Count) Lost() int { return c.Refused + c.Failed }

// Err describes the calls that failed; it is nil if none did.
func (c Count) Err() error {
	if c.First == nil {
		return nil
	}
	return fmt.Errorf("%d of %d calls got a 401, %d failed otherwise, the first with: %w", c.Refused, c.Calls, c.Failed, c.First)
}

// Load is goroutines that repeat a call until it is stopped.
type Load struct {
	Tally
	ended   []atomic.Int64 // calls of each goroutine
	callers sync.WaitGroup
	end     context.CancelFunc
}

// Start starts n goroutines, which pause between two calls.
func Start(n int, pause time.Duration, call func() error) *Load {
	l := &Load{ended: make([]atomic.Int64, n)}
	ctx, end := context.WithCancel(context.Background())
	l.end = end
	for i := range n {
		l.callers.Go(func() {
			for ctx.Err() == nil {
				l.Add(call())
				l.ended[i].Add(1)
				if pause > 0 {
					_ = Elapse(ctx, pause) // the end is seen above
				}
			}
		})
	}
	return l
}

// Settle returns when every goroutine has ended a call that it began after Settle was called.
func (l *Load) Settle(ctx context.Context) (err error) {
	defer must.Catch(&err)
	wanted := make([]int64, len(l.ended))
	for i := range l.ended {
		wanted[i] = l.ended[i].Load() + 2 // the first may have begun before
	}
	for i := range l.ended {
		for l.ended[i].Load() < wanted[i] {
			must.Succeed(Elapse(ctx, time.Millisecond))
		}
	}
	return nil
}

// Stop waits for the calls under way and returns all calls.
func (l *Load) Stop() Count {
	l.end()
	l.callers.Wait()
	return l.Count()
}
