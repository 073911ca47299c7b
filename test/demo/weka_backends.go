package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	losesBackend = "lose one of the backends"

	// lostBackend is the place of that one in the cluster's addresses.
	lostBackend = 1
	// callsWithout is how many calls must succeed while it is away.
	callsWithout = 40
	// returnBound is how long a backend that is back may stay unused, as the transport
	// promises.
	returnBound = 5 * time.Second
)

// loseBackend takes a backend down under callers, and brings it back. The token is a
// new one, so that no refresh is cut off beside the calls: that may cost a login.
func (s *wekaStory) loseBackend(ctx context.Context) (string, error) {
	if err := s.renewToken(ctx); err != nil {
		return "", err
	}
	calls := startTraffic(callersAlong, func() error { return s.callOnce(ctx) })
	without, err := s.stopAndStart(ctx, calls)
	count, failed, first := calls.stop()
	switch {
	case failed > 0:
		return "", fmt.Errorf("%d of %d calls failed, the first with: %w", failed, count, first)
	case err != nil:
		return "", err
	}
	return fmt.Sprintf("%d calls, %d of them while it was away, 0 failed; it is in use again", count, without), nil
}

// stopAndStart goes on once the backend has served, then once the callers have done
// without it, then once it serves again. It gives the number of calls without it.
func (s *wekaStory) stopAndStart(ctx context.Context, calls *traffic) (without int, err error) {
	began := time.Now()
	serves := func(context.Context) (string, bool, error) {
		return "waiting for the backend to be used", calls.failed() || s.servedSince(began), nil
	}
	if err := poll(ctx, s.printer, returnBound, serves); err != nil {
		return 0, err
	}
	before := calls.count()
	s.cluster.StopEndpoint(lostBackend)
	if err := poll(ctx, s.printer, returnBound, func(context.Context) (string, bool, error) {
		without = calls.count() - before
		return fmt.Sprintf("%d calls without the backend", without), calls.failed() || without >= callsWithout, nil
	}); err != nil {
		return 0, err
	}
	began = time.Now()
	if err := s.cluster.StartEndpoint(lostBackend); err != nil {
		return 0, err
	}
	return without, poll(ctx, s.printer, returnBound, serves)
}

// servedSince says whether the backend has answered a call since then; probes, by which
// the client finds out that it is back, do not count.
func (s *wekaStory) servedSince(then time.Time) bool {
	return slices.ContainsFunc(s.cluster.Requests(), func(r wekatest.Request) bool {
		return r.Endpoint == lostBackend && r.Operation == "getFileSystem" && r.Time.After(then)
	})
}
