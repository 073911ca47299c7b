package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// tally counts what callers see.
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

// lost counts the calls that did not succeed.
func (t *tally) lost() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused + t.failed
}

// err tells of calls that did not succeed, nil if all did.
func (t *tally) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d calls got a 401, %d failed otherwise, the first with: %w", t.refused, t.calls, t.failed, t.first)
}
