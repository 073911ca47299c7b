package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// load is goroutines that call again and again.
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

// settle returns when every goroutine has ended a call that it began after settle
// was called. Whatever was changed before has then met every goroutine, and no call
// that a change before it met is still under way: the SDK sends a call again once,
// so that two revocations within one call are not its to hide.
func (l *load) settle(ctx context.Context) error {
	wanted := make([]int64, len(l.ended))
	for i := range l.ended {
		wanted[i] = l.ended[i].Load() + 2 // the first of them may have begun before
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

// stop returns when the calls under way have ended.
func (l *load) stop() {
	close(l.end)
	l.callers.Wait()
}
