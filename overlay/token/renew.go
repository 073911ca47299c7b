package token

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// outcome is what a renewal brought.
type outcome struct {
	token   Token
	kind    EventKind
	err     error
	refusal Refusal // what others who share the store should know of err
	unsaved error   // why the store did not take the token, which is good all the same
}

// memory is what one renewal remembers for the next. Only the flight under way
// touches it.
type memory struct {
	deadRefresh Secret     // refused by the server, not sent again
	badLogin    error      // the credentials were refused, not sent again
	told        *toldError // of others who were refused with them, not sent before that ends
	lockedUntil *LockedOutError
	useless     uselessLogins
	endTold     bool   // the hook knows that the session has ended
	superseded  Secret // the access token that the store still holds because it did not take a newer one
}

// renew brings a token other than the stale one, from the store if another process
// put it there, else from the server under the store's lock.
func (s *Source) renew(leader context.Context) outcome {
	var stale Token
	if st := s.current.Load(); st != nil {
		stale = st.token
	}
	ctx, cancel := s.detached(leader, s.open)
	defer cancel()
	kept, err := s.settings.store.Load(ctx, s.settings.identity)
	if err != nil {
		return outcome{err: fmt.Errorf("token: reading the store: %w", err)}
	}
	if s.adoptable(kept, stale) {
		return outcome{token: kept, kind: Adopted}
	}
	var result outcome
	var replaced Token
	asked := false
	err = s.settings.store.Update(ctx, s.settings.identity, func(current Token) (Token, error) {
		asked, replaced = true, current
		result = s.renewLocked(leader, current, stale)
		switch {
		case !result.refusal.IsZero():
			current.Refusal = result.refusal
			return current, nil
		case result.kind == Adopted:
			return current, nil // what the store holds stays as it is
		}
		return result.token, result.err
	})
	switch {
	case !asked:
		return outcome{err: fmt.Errorf("token: the store did not give its lock: %w", err)}
	case result.err == nil && err != nil:
		result.unsaved = err
		s.memory.superseded = replaced.Access
	case result.err == nil:
		s.memory.superseded = Secret{}
	}
	return result
}

// renewLocked runs under the store's lock.
func (s *Source) renewLocked(leader context.Context, current, stale Token) outcome {
	if s.adoptable(current, stale) {
		return outcome{token: current, kind: Adopted}
	}
	last := current.Refusal.inForce(s.settings.now())
	old := current
	switch {
	case !current.hasSession() || s.outdated(current):
		old = stale
	case !last.IsZero():
		old.Refresh = Secret{} // nobody would have logged in if it were good
	}
	ctx, cancel := s.detached(leader, s.session)
	defer cancel()
	result := s.exchange(ctx, old, last)
	if result.err == nil && s.session.Err() != nil {
		return outcome{err: ErrLoggedOut} // and so it is not stored
	}
	if result.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		result.err = fmt.Errorf("token: no answer within %v: %w", s.settings.timeout, result.err)
	}
	return result
}

// adoptable tells a token that another process brought from the one to be replaced.
func (s *Source) adoptable(kept, stale Token) bool {
	return kept.check() == nil && !kept.Access.Equal(stale.Access) &&
		!kept.expired(s.settings.now()) && !s.outdated(kept)
}

// outdated recognises what a failed write should have replaced.
func (s *Source) outdated(kept Token) bool {
	return !s.memory.superseded.IsZero() && kept.Access.Equal(s.memory.superseded)
}

// exchange asks the server: at most one refresh, then at most one login, unless the
// store has another token by then.
func (s *Source) exchange(ctx context.Context, old Token, last Refusal) outcome {
	if !old.Refresh.IsZero() && !old.Refresh.Equal(s.memory.deadRefresh) {
		start := s.start()
		reply, err := s.authority.Refresh(ctx, old)
		if !errors.Is(err, ErrRefreshRejected) {
			if reply.Refresh.IsZero() {
				reply.Refresh = old.Refresh // servers that do not rotate leave it out
			}
			return s.accept(reply, err, start, Refreshed)
		}
		s.memory.deadRefresh = old.Refresh
		// A vendor's command line takes no lock: it may have used the refresh token just now.
		if kept, err := s.settings.store.Load(ctx, s.settings.identity); err == nil && s.adoptable(kept, old) {
			return outcome{token: kept, kind: Adopted}
		}
	}
	return s.login(ctx, old, last)
}

func (s *Source) login(ctx context.Context, old Token, last Refusal) outcome {
	if err := s.withheld(last); err != nil {
		return outcome{err: err}
	}
	start := s.start()
	last.shared = s.settings.shared
	reply, err := s.authority.Login(ctx, last)
	var told *toldError
	switch {
	case errors.As(err, &told):
		s.memory.told = told // to look for it anew, every second, would cost a hash
	case errors.Is(err, ErrBadCredentials):
		s.memory.badLogin = err
	}
	if errors.Is(err, ErrNoCredentials) && old.hasSession() {
		err = fmt.Errorf("%w (%w)", ErrSessionEnded, err)
	}
	result := s.accept(reply, err, start, LoggedIn)
	result.err = s.memory.useless.note(result.err, s.settings.now())
	return result
}

// withheld tells why no login is sent.
func (s *Source) withheld(last Refusal) error {
	now := s.settings.now()
	switch locked := s.memory.lockedUntil; {
	case s.memory.badLogin != nil:
		return s.memory.badLogin
	case s.memory.told != nil && s.memory.told.refusal.sameAs(last):
		return s.memory.told
	case locked != nil && now.Before(locked.Until):
		return locked
	case last.isLockout():
		return &LockedOutError{Until: last.Until}
	default:
		return s.memory.useless.withheld(now)
	}
}

// start tells the hook and the time. Looking again after the end is not a start.
func (s *Source) start() time.Time {
	if !s.memory.endTold {
		s.settings.hook(Event{Kind: Started})
	}
	return s.settings.now()
}

// accept is the one way for a reply into the state.
func (s *Source) accept(reply Token, err error, start time.Time, kind EventKind) outcome {
	var locked *LockedOutError
	if errors.As(err, &locked) {
		err = s.lockout(locked)
	}
	if err != nil {
		return outcome{err: err, refusal: s.refusal(err)}
	}
	t, err := reply.received(start)
	return outcome{token: t, kind: kind, err: err}
}

// refusal is what others who share the store should know of err, if anything.
func (s *Source) refusal(err error) Refusal {
	now := s.settings.now().Round(0)
	var locked *LockedOutError
	if errors.As(err, &locked) {
		return Refusal{At: now, Until: locked.Until.Round(0)}
	}
	var refused *refusedError
	if errors.As(err, &refused) && !refused.fingerprint.IsZero() {
		return Refusal{At: now, Until: now.Add(refusalLife), Credentials: refused.fingerprint}
	}
	return Refusal{}
}

// lockout remembers until when nothing logs in. The copy keeps an Authority from
// changing it later.
func (s *Source) lockout(err *LockedOutError) *LockedOutError {
	locked := *err
	if now := s.settings.now(); !locked.Until.After(now) {
		locked.Until = now.Add(DefaultLockout)
	}
	s.memory.lockedUntil = &locked
	return &locked
}
