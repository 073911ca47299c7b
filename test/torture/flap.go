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

// flap breaks an endpoint so many times that a call met the fault. Nobody meets one of
// an endpoint that every client has just set aside, because of a call that the fault
// before was still holding: that one does not count.
func (t *stage) flap(ctx context.Context, endpoint int, how breakage, times int) error {
	for range times {
		met := t.met()
		for began := time.Now(); ; {
			if err := t.breakOnce(ctx, endpoint, how); err != nil {
				return err
			}
			if how.harmless || t.met() > met {
				break
			}
			if time.Since(began) > patience {
				return fmt.Errorf("in %v no call met the fault", patience)
			}
		}
	}
	return nil
}

// breakOnce breaks an endpoint as soon as it is used, with requests under way, and heals
// it soon after: when a call met the fault, or it is clear that none will.
func (t *stage) breakOnce(ctx context.Context, endpoint int, how breakage) error {
	n := t.network
	used, _ := n.witness.count(endpoint)
	err := until(ctx, patience, func() bool {
		now, _ := n.witness.count(endpoint)
		return now > used
	})
	if err != nil {
		return fmt.Errorf("the endpoint is not used again: %w", err)
	}
	if err := elapse(ctx, upTo(300*time.Millisecond)); err != nil {
		return err
	}
	met := t.met()
	err = n.breakDown(endpoint, how)
	err = errors.Join(err, elapse(ctx, 300*time.Millisecond+upTo(1200*time.Millisecond)))
	if err == nil && !how.harmless {
		// On a slow machine a call can take longer to meet it than any time chosen
		// beforehand.
		_ = until(ctx, 2*n.silence, func() bool { return t.met() > met })
	}
	return errors.Join(err, n.heal(endpoint))
}

// until waits for something that calls bring about.
func until(ctx context.Context, most time.Duration, came func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for !came() {
		if err := elapse(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
