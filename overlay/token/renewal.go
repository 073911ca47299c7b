package token

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// A renewal runs in a goroutine of its own, started by startRenewal and ended by
// finish:
//
//	joinRenewal    a caller starts a renewal, or joins the one in progress
//	renew          reads the store, takes its lock, reads again
//	exchange       one refresh at most, then one login at most
//	finish         publishes the token, or decides when to try again

// renewal is one attempt to get a new token, which any number of callers wait for.
type renewal struct {
	done   chan struct{} // closed when token and err are set
	forced bool          // the token was invalidated
	token  *Token
	err    error
}

// outcome is the result of a renewal.
type outcome struct {
	token     Token
	kind      EventKind
	err       error
	rejection Rejection // what other users of the store need to know about err
	unsaved   error     // why the token, which is valid, could not be stored
}

// history is what a renewal remembers for the next one.
type history struct {
	rejectedRefresh api.Secret // not sent again
	logins          loginHistory
	endReported     bool       // the hook has seen SessionEnded
	superseded      api.Secret // an access token that is still in the store because storing its successor failed
	unsavedReported bool       // the hook has seen NotStored since a token was stored
}

// renewedToken is Token when the current token is not fresh.
func (s *Source) renewedToken(ctx context.Context) (*Token, error) {
	t, r, err := s.joinRenewal(ctx)
	if r == nil {
		return t, err
	}
	select {
	case <-r.done:
		return r.token, r.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return nil, fmt.Errorf("token: gave up waiting for a token: %w: the last attempt failed: %w", ctx.Err(), s.failure)
	}
	return nil, fmt.Errorf("token: gave up waiting for a token: %w", ctx.Err())
}

// joinRenewal returns the renewal to wait for, which it starts if necessary, or nil and
// what to return at once.
func (s *Source) joinRenewal(ctx context.Context) (*Token, *renewal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return nil, nil, s.ended
	}
	now := s.settings.now()
	st := s.current.Load()
	if st.valid(now.UnixNano()) {
		if s.renewal == nil && !now.Before(s.retryAt) && !st.fresh(now.UnixNano()) {
			s.startRenewal(ctx, st, 0)
		}
		return &st.token, nil, nil
	}
	if s.renewal == nil && s.permanent != nil && now.Before(s.recheckAt) {
		return nil, nil, s.permanent
	}
	if s.renewal == nil {
		s.startRenewal(ctx, st, s.pause(st, now))
	}
	return nil, s.renewal, nil
}

// pause returns how long to wait before a renewal that callers wait for. Waiting is
// better than returning the error of the last attempt: the server may be back.
func (s *Source) pause(st *state, now time.Time) time.Duration {
	var pause time.Duration
	if s.failures > 0 {
		pause = min(s.retryAt.Sub(now), s.failedAt.Add(maxWait).Sub(now))
	}
	if st.wasInvalidated() && !s.forcedAt.IsZero() {
		pause = max(pause, s.forcedAt.Add(forcedPause).Sub(now))
	}
	return min(max(pause, 0), maxWait)
}

// startRenewal is called with s.mu held. The renewal keeps the values of the caller's
// context (tracing) but not its end: a caller that leaves must not fail the others.
func (s *Source) startRenewal(caller context.Context, st *state, pause time.Duration) {
	r := &renewal{done: make(chan struct{}), forced: st.wasInvalidated()}
	if st != nil {
		st.nextTry.Store(math.MaxInt64)
	}
	s.renewal = r
	s.renewals.Go(func() {
		result := outcome{err: errors.New("token: the renewal did not finish")}
		defer func() { s.finish(r, result) }() // also if the Authority ends the goroutine
		if err := s.wait(pause); err != nil {
			result.err = err
			return
		}
		result = s.renew(caller)
	})
}

// wait returns an error if the Source ends first.
func (s *Source) wait(pause time.Duration) error {
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

// detached returns a context with the values of caller and the timeout of the Source.
// It ends early with until.
func (s *Source) detached(caller, until context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), s.settings.timeout)
	stop := context.AfterFunc(until, cancel)
	return ctx, func() { stop(); cancel() }
}

// renew returns a token other than the current one: from the store if another process
// put it there, else from the server, under the store's lock. A store that cannot be used
// does not prevent a renewal: its token then serves this Source only.
func (s *Source) renew(caller context.Context) outcome {
	var stale Token
	if st := s.current.Load(); st != nil {
		stale = st.token
	}
	ctx, cancel := s.detached(caller, s.open)
	defer cancel()
	kept, unread := s.settings.store.Load(ctx, s.settings.identity)
	if unread != nil {
		unread = fmt.Errorf("token: reading the store: %w", unread)
		kept = Token{}
	}
	if unread != nil && (errors.Is(unread, ErrUnsafeFile) || s.open.Err() != nil) {
		return outcome{err: unread}
	}
	if s.adoptable(kept, stale) {
		return outcome{token: kept, kind: Adopted}
	}
	var result outcome
	locked := false
	unsaved := s.settings.store.Update(ctx, s.settings.identity, func(current Token) (Token, error) {
		locked, kept = true, current
		result = s.renewLocked(caller, current, stale)
		switch {
		case !result.rejection.IsZero():
			current.Rejection = result.rejection
			return current, nil
		case result.kind == Adopted:
			return current, nil // unchanged
		}
		return result.token, result.err
	})
	if !locked {
		unsaved = fmt.Errorf("token: locking the store: %w", unsaved)
		heldByOther := unread == nil && ctx.Err() != nil // who may be using the refresh token
		if heldByOther || errors.Is(unsaved, ErrUnsafeFile) || s.open.Err() != nil {
			return outcome{err: unsaved}
		}
		result = s.renewLocked(caller, kept, stale)
		if unread != nil && errors.Is(result.err, ErrNoCredentials) {
			return outcome{err: unread} // the session, or a later one, may be in the store
		}
	}
	switch {
	case result.err != nil:
	case unsaved == nil:
		s.history.superseded = api.Secret{}
	default:
		result.unsaved = unsaved
		if kept.hasSession() {
			s.history.superseded = kept.Access
		}
	}
	return result
}

// renewLocked is renew under the store's lock; current is what the store holds now.
func (s *Source) renewLocked(caller context.Context, current, stale Token) outcome {
	if s.adoptable(current, stale) {
		return outcome{token: current, kind: Adopted}
	}
	last := current.Rejection.inForce(s.settings.now())
	old := current
	switch {
	case !current.hasSession() || s.outdated(current) || current.isOlder(stale):
		old = stale
	case !last.IsZero():
		old.Refresh = api.Secret{} // a login was tried after this session, so the server rejects it
	}
	ctx, cancel := s.detached(caller, s.session)
	defer cancel()
	result := s.exchange(ctx, old, last)
	if result.err == nil && s.session.Err() != nil {
		return outcome{err: ErrLoggedOut} // keeps the token out of the store
	}
	if result.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		result.err = fmt.Errorf("token: no response within %v: %w", s.settings.timeout, result.err)
	}
	return result
}

// adoptable reports whether kept is a valid token from another process, and not the
// one to be replaced.
func (s *Source) adoptable(kept, stale Token) bool {
	return kept.check() == nil && !kept.Access.Equal(stale.Access) &&
		!kept.expired(s.settings.now()) && !s.outdated(kept)
}

// outdated reports whether kept is a token that this Source failed to replace.
func (s *Source) outdated(kept Token) bool {
	return s.history.superseded != (api.Secret{}) && kept.Access.Equal(s.history.superseded)
}

// isOlder reports whether t was issued before other, as the entry of a store that was away
// while the Source renewed its token.
func (t Token) isOlder(other Token) bool {
	return !t.Issued.IsZero() && t.Issued.Before(other.Issued)
}

// exchange sends at most one refresh, then at most one login unless the store has
// another token by then.
func (s *Source) exchange(ctx context.Context, old Token, last Rejection) outcome {
	if err := s.history.logins.throttledBy(s.settings.now()); err != nil {
		return outcome{err: err}
	}
	if old.Refresh != (api.Secret{}) && !old.Refresh.Equal(s.history.rejectedRefresh) {
		start := s.reportStart()
		reply, err := s.authority.Refresh(ctx, old)
		if !errors.Is(err, ErrRefreshRejected) {
			if reply.Refresh == (api.Secret{}) {
				reply.Refresh = old.Refresh // servers without rotation leave it out
			}
			return s.accept(reply, err, start, Refreshed)
		}
		s.history.rejectedRefresh = old.Refresh
		// A vendor's command line takes no lock: it may have used the refresh token just now.
		if kept, err := s.settings.store.Load(ctx, s.settings.identity); err == nil && s.adoptable(kept, old) {
			return outcome{token: kept, kind: Adopted}
		}
	}
	return s.login(ctx, old, last)
}

func (s *Source) login(ctx context.Context, old Token, last Rejection) outcome {
	logins := &s.history.logins
	if err := logins.blockedBy(last, s.settings.now()); err != nil {
		return outcome{err: err}
	}
	start := s.reportStart()
	last.shared = s.settings.shared
	reply, err := s.authority.Login(ctx, last)
	logins.note(err)
	if errors.Is(err, ErrNoCredentials) && old.hasSession() {
		err = fmt.Errorf("%w (%w)", ErrSessionEnded, err)
	}
	result := s.accept(reply, err, start, LoggedIn)
	result.err = logins.backoff.note(result.err, s.settings.now())
	return result
}

// accept validates the reply of a refresh or login that was sent at start.
func (s *Source) accept(reply Token, err error, start time.Time, kind EventKind) outcome {
	now := s.settings.now()
	var locked *LockedOutError
	var throttled *ThrottledError
	switch {
	case errors.As(err, &locked):
		err = s.history.logins.noteLockout(locked, now)
	case errors.As(err, &throttled):
		err = s.history.logins.noteThrottle(throttled, now)
	}
	if err != nil {
		return outcome{err: err, rejection: rejectionOf(err, now)}
	}
	t, err := reply.received(start)
	return outcome{token: t, kind: kind, err: err}
}

// finish publishes the result of a renewal and releases the callers. The error of a
// renewal that Close or Logout cancelled is not reported to the hook.
func (s *Source) finish(r *renewal, result outcome) {
	if result.err == nil || s.open.Err() == nil {
		s.report(result)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(r.done)
	s.renewal = nil
	switch {
	case errors.Is(s.ended, ErrLoggedOut), s.ended != nil && result.err != nil:
		r.err = s.ended
	case result.err != nil:
		r.err = result.err
		s.fail(result.err)
	default:
		result.token.Adopted = result.kind == Adopted
		r.token = s.publish(result.token, r.forced)
	}
}

// publish makes t the current token. After Close, only the waiting callers get it.
func (s *Source) publish(t Token, forced bool) *Token {
	st := s.newState(t)
	s.permanent, s.failure, s.failures, s.retryAt = nil, nil, 0, time.Time{}
	if forced {
		s.forcedAt = s.settings.now()
	}
	if s.ended == nil {
		s.current.Store(st)
	}
	return &st.token
}

// fail keeps the current token and decides when to try again.
func (s *Source) fail(err error) {
	now := s.settings.now()
	s.failedAt, s.failure = now, err
	if isPermanent(err, now) {
		s.permanent, s.failures = err, 0
		s.recheckAt, s.retryAt = now.Add(recheck), now.Add(longestPause)
		var locked *LockedOutError
		if errors.As(err, &locked) && locked.Until.Before(s.recheckAt) {
			s.recheckAt = locked.Until
		}
	} else {
		s.permanent = nil
		pause := min(longestPause, firstPause<<min(s.failures, 10))
		s.failures++
		s.retryAt = now.Add(pause - time.Duration(jitterPart*s.settings.random()*float64(pause)))
	}
	var throttled *ThrottledError
	if errors.As(err, &throttled) {
		s.retryAt = throttled.Until
	}
	if st := s.current.Load(); st != nil {
		st.nextTry.Store(s.retryAt.UnixNano())
	}
}

// reportStart reports Started, unless the session has ended and the store is only read
// again, and returns the time.
func (s *Source) reportStart() time.Time {
	if !s.history.endReported {
		s.settings.hook(Event{Kind: Started})
	}
	return s.settings.now()
}

// report calls the hook. The end of a session is reported once, and not before the
// last token has expired.
func (s *Source) report(result outcome) {
	event := Event{Kind: result.kind, Expiry: result.token.Expiry, Err: result.err}
	if result.err == nil {
		s.history.endReported = false
		s.settings.hook(event)
		switch {
		case result.unsaved != nil && !s.history.unsavedReported:
			s.history.unsavedReported = true
			s.settings.hook(Event{Kind: NotStored, Err: result.unsaved})
		case result.unsaved == nil && result.kind != Adopted:
			s.history.unsavedReported = false
		}
		return
	}
	event.Kind = Failed
	if errors.Is(result.err, ErrSessionEnded) && !s.current.Load().valid(s.settings.now().UnixNano()) {
		if s.history.endReported {
			return
		}
		event.Kind, s.history.endReported = SessionEnded, true
	}
	s.settings.hook(event)
}
