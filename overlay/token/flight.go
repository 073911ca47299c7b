package token

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// flight is one renewal, which any number of callers wait for.
type flight struct {
	done   chan struct{} // closed when token and err are set
	forced bool          // the token was invalidated
	token  *Token
	err    error
}

// renewed is Token when there is something to do.
func (s *Source) renewed(ctx context.Context) (*Token, error) {
	s.mu.Lock()
	if s.ended != nil {
		defer s.mu.Unlock()
		return nil, s.ended
	}
	now := s.settings.now()
	st := s.current.Load()
	if st.usable(now.UnixNano()) {
		defer s.mu.Unlock()
		if s.flight == nil && !now.Before(s.retryAt) && !st.fresh(now.UnixNano()) {
			s.launch(ctx, st, 0)
		}
		return &st.token, nil
	}
	if s.flight == nil && s.verdict != nil && now.Before(s.recheckAt) {
		defer s.mu.Unlock()
		return nil, s.verdict
	}
	if s.flight == nil {
		s.launch(ctx, st, s.pause(st, now))
	}
	f := s.flight
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("token: gave up waiting for a token: %w", ctx.Err())
	}
}

// pause is how long a renewal that callers wait for holds back. Waiting it out
// beats failing at once with an error of the past: the server may be back.
func (s *Source) pause(st *state, now time.Time) time.Duration {
	var pause time.Duration
	if s.failures > 0 {
		pause = min(s.retryAt.Sub(now), s.failedAt.Add(maxWait).Sub(now))
	}
	if st.dead() && !s.forcedAt.IsZero() {
		pause = max(pause, s.forcedAt.Add(forcedPause).Sub(now))
	}
	return min(max(pause, 0), maxWait)
}

// launch starts the renewal. It keeps the values of the leader's context (tracing)
// but not its end: whoever happens to come first must not fail the others.
func (s *Source) launch(leader context.Context, st *state, pause time.Duration) {
	f := &flight{done: make(chan struct{}), forced: st.dead()}
	if st != nil {
		st.nextTry.Store(math.MaxInt64)
	}
	s.flight = f
	s.flights.Go(func() {
		result := outcome{err: errors.New("token: the renewal did not finish")}
		defer func() { s.land(f, result) }() // also if the Authority ends the goroutine
		if err := s.hold(pause); err != nil {
			result.err = err
			return
		}
		result = s.renew(leader)
	})
}

// hold waits before a renewal, outside its time limit.
func (s *Source) hold(pause time.Duration) error {
	if pause == 0 {
		return nil
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.open.Done():
		return s.open.Err()
	}
}

// detached returns a context with the leader's values, an end of its own, and an
// early end with until.
func (s *Source) detached(leader, until context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(leader), s.settings.timeout)
	stop := context.AfterFunc(until, cancel)
	return ctx, func() { stop(); cancel() }
}

// land publishes a renewal's outcome and releases the callers.
func (s *Source) land(f *flight, result outcome) {
	if result.err == nil || s.open.Err() == nil { // that Close or Logout broke it off is no news
		s.report(result)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.flight = nil
	switch {
	case errors.Is(s.ended, ErrLoggedOut), s.ended != nil && result.err != nil:
		f.err = s.ended
	case result.err != nil:
		f.err = result.err
		s.fail(result.err)
	default:
		result.token.Adopted = result.kind == Adopted
		f.token = s.publish(result.token, f.forced)
	}
}

// publish hands the token to everybody, or after Close only to those who wait.
func (s *Source) publish(t Token, forced bool) *Token {
	st := s.newState(t)
	s.verdict, s.failures, s.retryAt = nil, 0, time.Time{}
	if forced {
		s.forcedAt = s.settings.now()
	}
	if s.ended == nil {
		s.current.Store(st)
	}
	return &st.token
}

// fail leaves the token in use as it is and decides when to try again.
func (s *Source) fail(err error) {
	now := s.settings.now()
	s.failedAt = now
	if isVerdict(err) {
		s.verdict, s.failures = err, 0
		s.recheckAt, s.retryAt = now.Add(recheck), now.Add(longestPause)
		var locked *LockedOutError
		if errors.As(err, &locked) && locked.Until.Before(s.recheckAt) {
			s.recheckAt = locked.Until
		}
	} else {
		s.verdict = nil
		pause := min(longestPause, firstPause<<min(s.failures, 10))
		s.failures++
		s.retryAt = now.Add(pause - time.Duration(jitterPart*s.settings.random()*float64(pause)))
	}
	if st := s.current.Load(); st != nil {
		st.nextTry.Store(s.retryAt.UnixNano())
	}
}

// report tells the hook; the end of a session is told once, and not while the last
// token is still good.
func (s *Source) report(result outcome) {
	event := Event{Kind: result.kind, Expiry: result.token.Expiry, Err: result.err}
	if result.err == nil {
		s.memory.endTold = false
		s.settings.hook(event)
		if result.unsaved != nil {
			s.settings.hook(Event{Kind: NotStored, Err: result.unsaved})
		}
		return
	}
	event.Kind = Failed
	if errors.Is(result.err, ErrSessionEnded) && !s.current.Load().usable(s.settings.now().UnixNano()) {
		if s.memory.endTold {
			return
		}
		event.Kind, s.memory.endTold = SessionEnded, true
	}
	s.settings.hook(event)
}
