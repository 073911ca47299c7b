package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// clockSlack is how far the clock may be set back before a token is renewed. Small
	// corrections are common, and the clocks of hosts that share a store differ.
	clockSlack = time.Minute

	// jitterPart is the largest part of the early window that is left out at random, so
	// that processes with equal tokens do not refresh all at once.
	jitterPart = 0.25
)

// Source keeps one identity logged in. It is safe for concurrent use and runs no
// goroutine unless a renewal is in progress. [NewSource] and [NewStaticSource] make
// one.
type Source struct {
	authority Authority
	settings  settings
	current   atomic.Pointer[state] // nil before the first token and after Close or Logout

	open       context.Context //nolint:containedctx // a lifetime: ends with Close and Logout, and with it every wait
	stopWaits  context.CancelFunc
	session    context.Context //nolint:containedctx // a lifetime: ends with Logout, and with it every request
	endSession context.CancelFunc

	mu        sync.Mutex
	renewals  sync.WaitGroup
	renewal   *renewal // in progress
	ended     error    // ErrClosed or ErrLoggedOut
	permanent error    // returned to callers until recheckAt
	failure   error    // of the last renewal, nil if it succeeded
	recheckAt time.Time
	failures  int // renewals failed in a row, without those that ended in a permanent error
	failedAt  time.Time
	retryAt   time.Time // of the next early refresh
	forcedAt  time.Time // of the last renewal of an invalidated token

	history history // accessed by the renewal in progress
}

// NewSource returns a Source. It sends nothing before the first call of Token.
func NewSource(authority Authority, options ...Option) *Source {
	s := &Source{authority: authority, settings: newSettings(options)}
	s.open, s.stopWaits = context.WithCancel(context.Background())
	s.session, s.endSession = context.WithCancel(context.Background())
	return s
}

// NewStaticSource returns a Source of one long-lived token or API key. Only Access and
// Scheme of t count: it is never renewed, and after Invalidate, Token returns
// [ErrTokenRejected]. A token that cannot be sent in a header is an [ErrMalformed].
// Options other than [WithHook] have no effect.
func NewStaticSource(t Token, options ...Option) (*Source, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	s := NewSource(staticAuthority{}, options...)
	s.settings.store = NewMemoryStore() // another token must not be adopted
	s.current.Store(s.newState(Token{Access: t.Access, Scheme: t.Scheme}))
	return s, nil
}

// Token returns a token to send now. It waits only if there is no valid one, and no
// longer than ctx. It returns an error of this package, of ctx, of the store, or of
// the Authority. If ctx ends while it waits, the error holds that of the last attempt too.
func (s *Source) Token(ctx context.Context) (*Token, error) {
	if ctx == nil {
		return nil, errNilContext // a renewal in a goroutine of its own would panic
	}
	if st := s.current.Load(); st != nil && st.fresh(s.settings.now().UnixNano()) {
		return &st.token, nil
	}
	return s.renewedToken(ctx)
}

// Invalidate reports that the server rejected a request with t as unauthenticated
// (401), so that the next call of Token returns another token. It does nothing if the
// Source has another token already: a late response to an old token must not cause a
// renewal.
func (s *Source) Invalidate(t *Token) {
	st := s.current.Load()
	if st == nil || t == nil || !st.token.Access.Equal(t.Access) {
		return
	}
	s.current.CompareAndSwap(st, st.invalidated())
}

// LastRejection returns the last rejected login that the store knows, if it is still in
// force, for a login beside the Source: pass it to the Authority's Login. A lockout is
// returned as a [*LockedOutError]: no login may be sent. A store that cannot be read knows
// none.
func (s *Source) LastRejection(ctx context.Context) (Rejection, error) {
	if ctx == nil {
		return Rejection{}, errNilContext
	}
	kept, err := s.settings.store.Load(ctx, s.settings.identity)
	if err != nil && (errors.Is(err, ErrUnsafeFile) || ctx.Err() != nil) {
		return Rejection{}, fmt.Errorf("token: reading the store: %w", err)
	}
	last := kept.Rejection.inForce(s.settings.now())
	if last.isLockout() {
		return Rejection{}, &LockedOutError{Until: last.Until}
	}
	return last, nil
}

// Close ends the Source: Token returns [ErrClosed], and no goroutine is left. The store
// keeps its entry. Close waits for a renewal whose request was sent, no longer than its
// timeout: without the response, a refresh token that the server replaced would be
// lost, and the session with it.
func (s *Source) Close() {
	s.end(ErrClosed)
	s.renewals.Wait()
	s.endSession() // releases the context
}

// Logout ends the Source with [ErrLoggedOut] and removes the entry from the store. A
// renewal in progress is cancelled, and its token is neither used nor stored. Logout
// sends nothing: ending the session on the server is left to the caller.
func (s *Source) Logout(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	r := s.end(ErrLoggedOut)
	s.endSession()
	if r != nil {
		select {
		case <-r.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.settings.store.Update(ctx, s.settings.identity, func(Token) (Token, error) { return Token{}, nil })
}

// end returns the renewal in progress, or nil.
func (s *Source) end(reason error) *renewal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended == nil || errors.Is(reason, ErrLoggedOut) {
		s.ended = reason
	}
	s.current.Store(nil)
	s.stopWaits()
	return s.renewal
}

// Format writes "token.Source" for every verb. Without it, fmt would read the fields
// while they are written.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "token.Source") }

// state is a token with its times in nanoseconds of the wall clock, so that the hot
// path compares integers. Only nextTry changes after it was published.
type state struct {
	token     Token
	notBefore int64 // an earlier time means that the clock was set back
	expiry    int64 // math.MaxInt64 for unknown or unlimited, math.MinInt64 once invalidated

	// nextTry is when the next early refresh is due: first the start of the window, then
	// the end of the pause after a failure; math.MaxInt64 while one is in progress.
	nextTry atomic.Int64
}

func (s *Source) newState(t Token) *state {
	t = t.bounded(s.settings.now())
	t.Rejection = Rejection{}
	st := &state{token: t, notBefore: math.MinInt64, expiry: math.MaxInt64}
	st.nextTry.Store(math.MaxInt64)
	if !t.Issued.IsZero() {
		st.notBefore = t.Issued.Add(-clockSlack).UnixNano()
	}
	if !t.Expiry.IsZero() {
		st.expiry = t.Expiry.UnixNano()
		st.nextTry.Store(t.Expiry.Add(-s.window(t)).UnixNano())
	}
	return st
}

// window returns how long before its expiry t is renewed. It is a part of the lifetime,
// since a fixed window longer than the lifetime would renew at every call.
func (s *Source) window(t Token) time.Duration {
	issued := t.Issued
	if issued.IsZero() {
		issued = s.settings.now().Round(0)
	}
	window := min(s.settings.early, max(0, t.Expiry.Sub(issued)/earlyFraction))
	return window - time.Duration(jitterPart*s.settings.random()*float64(window))
}

// fresh reports whether the token is valid and no early refresh is due.
func (st *state) fresh(now int64) bool {
	return now < st.nextTry.Load() && now < st.expiry && now >= st.notBefore
}

// valid reports whether the token may be sent. A nil state has none.
func (st *state) valid(now int64) bool { return st != nil && now < st.expiry }

func (st *state) wasInvalidated() bool { return st != nil && st.expiry == math.MinInt64 }

// invalidated returns st with its token expired. It keeps the refresh token, and which
// access token was rejected.
func (st *state) invalidated() *state {
	expired := &state{token: st.token, notBefore: st.notBefore, expiry: math.MinInt64}
	expired.nextTry.Store(math.MaxInt64)
	return expired
}
