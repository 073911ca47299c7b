package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// flapAll has all endpoints but one break down, each so many times.
func (t *stage) flapAll(ctx context.Context, how breakage, whole, times int) error {
	var failed [endpoints]error
	var under sync.WaitGroup
	for i := range endpoints {
		if i != whole {
			under.Go(func() { failed[i] = t.flap(ctx, i, how, times) })
		}
	}
	under.Wait()
	return errors.Join(failed[:]...)
}

// flap breaks an endpoint as soon as it is used, with requests under way, and heals it
// soon after, though not before a call met the fault: on a slow machine that can take
// longer than any time chosen beforehand.
func (t *stage) flap(ctx context.Context, endpoint int, how breakage, times int) error {
	n := t.network
	for range times {
		used, _ := n.witness.count(endpoint)
		err := until(ctx, "the endpoint was not used again", func() bool {
			now, _ := n.witness.count(endpoint)
			return now > used
		})
		if err != nil {
			return err
		}
		if err := elapse(ctx, upTo(300*time.Millisecond)); err != nil {
			return err
		}
		met := t.met()
		err = n.breakDown(endpoint, how)
		err = errors.Join(err, elapse(ctx, 300*time.Millisecond+upTo(1200*time.Millisecond)))
		if err == nil && !how.harmless {
			err = until(ctx, "no call met the fault", func() bool { return t.met() > met })
		}
		if err = errors.Join(err, n.heal(endpoint)); err != nil {
			return err
		}
	}
	return nil
}

// until waits for something that calls bring about, and says so if they do not.
func until(ctx context.Context, otherwise string, came func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New(otherwise))
	defer cancel()
	for !came() {
		if elapse(ctx, time.Millisecond) != nil {
			return fmt.Errorf("in %v: %w", patience, context.Cause(ctx))
		}
	}
	return nil
}
