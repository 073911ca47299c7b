package load_test

import (
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/test/load"
)

func TestTally(t *testing.T) {
	var tally load.Tally
	for _, err := range []error{nil, io.EOF, call.ErrUnauthorized, nil} {
		tally.Add(err)
	}
	got := tally.Count()
	if want := (load.Count{Calls: 4, Refused: 1, Failed: 1, First: io.EOF}); got != want || got.Lost() != 2 || !errors.Is(got.Err(), io.EOF) {
		t.Errorf("got %+v, %v", got, got.Err())
	}
	if err := (load.Count{Calls: 1}).Err(); err != nil {
		t.Errorf("got %v without a failure", err)
	}
}

// All goroutines of CallAtOnce are under way at the same time.
func TestCallAtOnce(t *testing.T) {
	const n = 20
	var arrived atomic.Int64
	all := make(chan struct{})
	var tally load.Tally
	tally.CallAtOnce(n, func() error {
		if arrived.Add(1) == n {
			close(all)
		}
		<-all
		return nil
	})
	if got := tally.Count(); got.Calls != n {
		t.Errorf("got %+v", got)
	}
}

// Settle returns after each goroutine has begun and ended a call; Stop ends them.
func TestSettle(t *testing.T) {
	var begun atomic.Int64
	l := load.Start(3, 0, func() error { begun.Add(1); return nil })
	if err := l.Settle(t.Context()); err != nil || begun.Load() < 3 {
		t.Errorf("%d calls, %v", begun.Load(), err)
	}
	if got := l.Stop(); got.Calls != int(begun.Load()) {
		t.Errorf("counted %+v of %d calls", got, begun.Load())
	}
}
