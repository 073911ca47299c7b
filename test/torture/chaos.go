package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
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
		reported("chaos faults met", int(seen.met.Load())),
		exactly("chaos calls lost", seen.lost, 0),
		exactly("once operations executed twice", seen.twice, 0),
	}, err
}

// chaos is what came of all scenes.
type chaos struct {
	met atomic.Int64 // attempts that failed

	mu    sync.Mutex
	calls int
	lost  int // that should have survived
	twice int
	first error
}

// play has all endpoints of a network but one break down under callers. Which one stays
// whole differs from scene to scene.
func (s *chaos) play(ctx context.Context, n *network, how breakage, clients, calls, flaps int) error {
	before := s.met.Load()
	load, err := s.startActors(ctx, n, clients)
	if err != nil {
		return err
	}
	whole := rand.IntN(endpoints) //nolint:gosec // any of them
	err = n.flapAll(ctx, how, whole, flaps)
	for err == nil && load.calls() < calls {
		err = elapse(ctx, breath)
	}
	load.stop()
	s.mu.Lock()
	s.calls += load.calls()
	s.twice += n.witness.twice()
	s.mu.Unlock()
	if err == nil && !how.harmless && s.met.Load() == before {
		err = errors.New("no call met the fault")
	}
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

// hooks count what went wrong beneath the calls.
func (s *chaos) hooks() weka.Option {
	return weka.WithHooks(weka.Hooks{AfterAttempt: func(_ context.Context, a weka.Attempt) {
		if a.Class != nil || a.Status >= 500 {
			s.met.Add(1)
		}
	}})
}

// flapAll has all endpoints but one break down, each so many times.
func (n *network) flapAll(ctx context.Context, how breakage, whole, times int) error {
	var failed [endpoints]error
	var under sync.WaitGroup
	for i := range endpoints {
		if i != whole {
			under.Go(func() { failed[i] = n.flap(ctx, i, how, times) })
		}
	}
	under.Wait()
	return errors.Join(failed[:]...)
}

// flap breaks an endpoint as soon as it is used, with requests under way, and heals it
// soon after.
func (n *network) flap(ctx context.Context, endpoint int, how breakage, times int) error {
	for range times {
		before, _ := n.witness.count(endpoint)
		for now := before; now == before; now, _ = n.witness.count(endpoint) {
			if err := elapse(ctx, time.Millisecond); err != nil {
				return err
			}
		}
		if err := elapse(ctx, upTo(300*time.Millisecond)); err != nil {
			return err
		}
		err := n.breakDown(endpoint, how)
		err = errors.Join(err, elapse(ctx, 300*time.Millisecond+upTo(1200*time.Millisecond)))
		if err = errors.Join(err, n.heal(endpoint)); err != nil {
			return err
		}
	}
	return nil
}

// upTo is a random time.
func upTo(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d))) //nolint:gosec // any
}
