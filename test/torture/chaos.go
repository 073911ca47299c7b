package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// callTimeout is the deadline of calls that are to survive.
	callTimeout = 30 * time.Second
	// actors share a client.
	actors = 8
	// breath is what an actor takes between two calls, or they would leave no time to
	// the faults.
	breath = 10 * time.Millisecond
)

// measureChaos lets two of three endpoints break down and heal again and again, in
// each way by itself, under callers who shall not notice.
func measureChaos(ctx context.Context, a amounts) ([]row, error) {
	var seen chaos
	each := max(1, a.chaosCalls/len(breakages))
	err := onNetworks(a.scenesAtOnce, a.silence, breakages, func(n *network, how breakage) error {
		return seen.play(ctx, n, how, a.clients, each, a.flaps)
	})
	if seen.first != nil {
		err = errors.Join(err, fmt.Errorf("the first call that was lost: %w", seen.first))
	}
	return []row{
		atLeast("chaos calls", seen.calls, a.chaosCalls),
		reported("chaos faults met", seen.failed),
		reported("chaos calls sent again", seen.resent),
		exactly("chaos calls lost", seen.lost, 0),
		exactly("once operations executed twice", seen.twice, 0),
	}, err
}

// chaos is what came of all scenes.
type chaos struct {
	mu     sync.Mutex
	calls  int
	failed int // see stage
	resent int
	lost   int // that should have survived
	twice  int
	first  error
}

// play has all endpoints of a network but one break down under callers. Which one stays
// whole differs from scene to scene.
func (s *chaos) play(ctx context.Context, n *network, how breakage, clients, calls, flaps int) error {
	load, err := s.startActors(ctx, n, clients)
	if err != nil {
		return err
	}
	whole := rand.IntN(endpoints) //nolint:gosec // any of them
	err = load.flapAll(ctx, how, whole, flaps)
	for err == nil && load.calls() < calls {
		err = elapse(ctx, breath)
	}
	load.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls += load.calls()
	s.failed += int(load.failed.Load())
	s.resent += int(load.resent.Load())
	s.twice += n.witness.twice()
	return err
}

func (s *chaos) add(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost++
	if s.first == nil {
		s.first = err
	}
}

// upTo is a random time.
func upTo(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d))) //nolint:gosec // any
}
