package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Source is the lifecycle of one identity's token. It is safe for concurrent use,
// costs no goroutine while nothing is renewed, and is made by [NewSource].
type Source struct {
	authority Authority
	settings  settings
	current   atomic.Pointer[state] // nil before the first token and after the end

	open       context.Context //nolint:containedctx // a lifetime: over once closed or logged out, no more waiting
	stopWaits  context.CancelFunc
	session    context.Context //nolint:containedctx // a lifetime: over once logged out, no more talking to the server
	endSession context.CancelFunc

	mu        sync.Mutex
	flights   sync.WaitGroup
	flight    *flight // the renewal under way
	ended     error   // ErrClosed or ErrLoggedOut
	verdict   error   // answers callers until recheckAt
	recheckAt time.Time
	failures  int // renewals failed in a row, verdicts aside
	failedAt  time.Time
	retryAt   time.Time // the next early refresh
	forcedAt  time.Time // the last renewal of an invalidated token

	memory memory
}

// NewSource returns a Source that has sent nothing yet.
func NewSource(authority Authority, options ...Option) *Source {
	s := &Source{authority: authority, settings: newSettings(options)}
	s.open, s.stopWaits = context.WithCancel(context.Background())
	s.session, s.endSession = context.WithCancel(context.Background())
	return s
}

// NewStaticSource returns a Source of one long-lived token or API key, which is
// never renewed, whatever its times say: after Invalidate, Token returns
// [ErrTokenRejected]. A token that no header can carry is an error that does not show
// it. Of the options only the hook matters.
func NewStaticSource(t Token, options ...Option) (*Source, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	s := NewSource(given{}, options...)
	s.settings.store = NewMemoryStore() // or it would adopt another token
	s.current.Store(s.newState(Token{Access: t.Access, Scheme: t.Scheme}))
	return s, nil
}

// Token returns a token to send now. It waits only when there is no good one, and
// no longer than ctx. The errors are those of the package, of ctx, of the store, or
// what the Authority answered.
func (s *Source) Token(ctx context.Context) (*Token, error) {
	if st := s.current.Load(); st != nil && st.fresh(s.settings.now().UnixNano()) {
		return &st.token, nil
	}
	return s.renewed(ctx)
}

// LastRefusal is what an Authority's Login wants to be given by others than the Source:
// by who opens a second session of this identity, beside the one that is kept. A lockout
// that the store knows of is a [*LockedOutError]: nothing is to be sent.
func (s *Source) LastRefusal(ctx context.Context) (Refusal, error) {
	kept, err := s.settings.store.Load(ctx, s.settings.identity)
	if err != nil {
		return Refusal{}, fmt.Errorf("token: reading the store: %w", err)
	}
	last := kept.Refusal.inForce(s.settings.now())
	if last.isLockout() {
		return Refusal{}, &LockedOutError{Until: last.Until}
	}
	return last, nil
}

// Invalidate tells that the server refused t as invalid (401), so that the next
// Token brings another one. It does nothing if the Source has another token by now:
// a late answer to an old token must not cost a renewal.
func (s *Source) Invalidate(t *Token) {
	st := s.current.Load()
	if st == nil || t == nil || !st.token.Access.Equal(t.Access) {
		return
	}
	s.current.CompareAndSwap(st, st.invalidated())
}

// Close ends the Source: Token returns [ErrClosed], and nothing runs any more. It
// leaves the store as it is. A renewal that already talks to the server is waited
// for, no longer than its timeout: breaking it off could lose the session to a
// refresh token that the server replaced and nobody received.
func (s *Source) Close() {
	s.end(ErrClosed)
	s.flights.Wait()
	s.endSession() // releases the context
}

// Logout ends the Source with [ErrLoggedOut] and removes the store's entry. A
// renewal under way is broken off, and what it brings is neither used nor stored.
// Telling the server to end the session is the caller's affair.
func (s *Source) Logout(ctx context.Context) error {
	f := s.end(ErrLoggedOut)
	s.endSession()
	if f != nil {
		select {
		case <-f.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.settings.store.Update(ctx, s.settings.identity, func(Token) (Token, error) { return Token{}, nil })
}

// Format writes "token.Source" for every verb: what fmt would print otherwise, it
// would read while others write it.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "token.Source") }

func (s *Source) end(reason error) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended == nil || errors.Is(reason, ErrLoggedOut) {
		s.ended = reason
	}
	s.current.Store(nil)
	s.stopWaits()
	return s.flight
}
