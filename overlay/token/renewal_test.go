package token_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// countingStore counts the renewals, each of which loads the token once.
type countingStore struct {
	*token.MemoryStore
	loads atomic.Int32
}

func (c *countingStore) Load(ctx context.Context, id token.Identity) (token.Token, error) {
	c.loads.Add(1)
	return c.MemoryStore.Load(ctx, id)
}

func TestAllCallersShareOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.delay = time.Second
		store := &countingStore{MemoryStore: token.NewMemoryStore()}
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		for round := range 3 {
			var wg sync.WaitGroup
			for range 1000 {
				wg.Go(func() { access(t, s) })
			}
			wg.Wait()
			f.counts(t, 1, round)
			if loads := store.loads.Load(); int(loads) != round+1 {
				t.Errorf("%d renewals after %d expiries", loads, round)
			}
			elapse(6 * time.Minute)
		}
	})
}

func TestLateInvalidationsCauseOneRefresh(t *testing.T) {
	f, s := newSession(t, time.Hour)
	sent := mustToken(t, s)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 20 {
				s.Invalidate(sent)
				if _, err := s.Token(context.Background()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	f.counts(t, 1, 1)
}

func TestCallerThatLeavesFailsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.delay = 2 * time.Second
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the first caller got %v", err)
			}
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("the first caller left after %v, not at its deadline", waited)
			}
		})
		synctest.Wait()
		if got := access(t, s); got != "access-1" {
			t.Errorf("the second caller got %q", got)
		}
		wg.Wait()
		f.counts(t, 1, 0)
	})
}

func TestRenewalHasItsOwnTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, token.WithTimeout(10*time.Second))
		f.delay = time.Hour
		start := time.Now()
		_, err := s.Token(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a server that hangs gave %v", err)
		}
		if waited := time.Since(start); waited != 10*time.Second || !strings.Contains(err.Error(), "no response within 10s") {
			t.Errorf("after %v: %v", waited, err)
		}
		f.set(func(f *server) { f.delay = 0 })
		access(t, s)
	})
}

func TestRenewalThatExitsReleasesItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dies := true
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			if dies {
				runtime.Goexit()
			}
			return token.Token{Access: api.NewSecret("alive")}, nil
		}))
		defer s.Close()
		if _, err := s.Token(t.Context()); err == nil {
			t.Error("no error")
		}
		dies = false
		if got := access(t, s); got != "alive" {
			t.Errorf("got %q", got)
		}
	})
}

func TestCallersWaitOnlyForExpiredTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.delay = 2 * time.Second
		access(t, s)
		elapse(4*time.Minute + 50*time.Second)
		start := time.Now()
		for range 100 {
			access(t, s)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("a caller with a valid token waited %v", waited)
		}
		elapse(10 * time.Minute)
		start = time.Now()
		access(t, s)
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("a caller without a valid token waited %v, want the server's 2s", waited)
		}
		f.counts(t, 1, 2)
	})
}

// At the very time of its expiry a token is not valid any more.
func TestCallersWaitFromTheExpiryOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, noJitter())
		f.delay = 2 * time.Second
		access(t, s)
		elapse(4*time.Minute + 57*time.Second) // the login took 2 s
		access(t, s)                           // starts an early refresh
		elapse(time.Second)
		start := time.Now()
		if got := access(t, s); got != "access-2" || time.Since(start) != time.Second {
			t.Errorf("got %q after %v", got, time.Since(start))
		}
		f.counts(t, 1, 1)
	})
}

func TestTimeoutOfZeroIsTheDefault(t *testing.T) {
	for _, timeout := range []time.Duration{0, -time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newSession(t, 5*time.Minute, token.WithTimeout(timeout))
			f.delay = token.DefaultTimeout - time.Second
			access(t, s)
		})
	}
}

// After the clock was set back a token is not fresh, whatever the state of its refresh.
func TestFailedRefreshAfterAClockJumpBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		var wall clock
		s := token.NewSource(f, token.WithClock(wall.now), noJitter())
		defer s.Close()
		access(t, s)
		f.set(func(f *server) { f.refreshErr, f.delay = errUnavailable, 100*time.Millisecond })
		wall.ahead = -time.Hour
		for range 35 { // refreshes from 0, 0.35 and 0.95 s, and from 2.05 s on
			access(t, s)
			elapse(50 * time.Millisecond)
		}
		f.counts(t, 1, 3)
	})
}

func TestPausesHaveJitter(t *testing.T) {
	for _, random := range []float64{0.5, 0.999} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newSession(t, 5*time.Minute, token.WithRandom(func() float64 { return random }))
			f.loginErr = errUnavailable
			start := time.Now()
			for range 2 {
				if _, err := s.Token(t.Context()); !errors.Is(err, errUnavailable) || strings.Contains(err.Error(), "no response") {
					t.Fatal(err)
				}
			}
			want := time.Duration(250 * (1 - 0.25*random) * float64(time.Millisecond))
			if waited := time.Since(start); waited.Round(time.Microsecond) != want.Round(time.Microsecond) {
				t.Errorf("waited %v, want %v", waited, want)
			}
		})
	}
}

func TestFailedEarlyRefreshKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, noJitter())
		access(t, s)
		f.set(func(f *server) { f.refreshErr = errUnavailable })
		elapse(4 * time.Minute)
		for range 590 { // 59 of the window's 60 seconds
			if got := access(t, s); got != "access-1" {
				t.Fatalf("while refreshes fail: %q", got)
			}
			elapse(100 * time.Millisecond)
		}
		// After 0, 0.25, 0.75, 1.75, 3.75, 7.75, 15.75 and 31.75 seconds.
		f.counts(t, 1, 8)
		elapse(time.Second)
		if _, err := s.Token(t.Context()); !errors.Is(err, errUnavailable) {
			t.Errorf("once expired: %v", err)
		}
		f.set(func(f *server) { f.refreshErr = nil })
		if got := access(t, s); got != "access-2" {
			t.Errorf("once the server is back: %q", got)
		}
	})
}

func TestCallersShareThePauseAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.loginErr = errUnavailable
		start := time.Now()
		for range 20 {
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					if _, err := s.Token(t.Context()); !errors.Is(err, errUnavailable) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		if took := time.Since(start); f.logins > 25 || took < time.Minute {
			t.Errorf("%d logins within %v at a server that is down", f.logins, took)
		}
		began := time.Now()
		f.set(func(f *server) { f.loginErr = nil })
		access(t, s)
		if waited := time.Since(began); waited > 5*time.Second {
			t.Errorf("the pause is %v, want 5s at most", waited)
		}
	})
}

func TestForcedRenewalsAreSpacedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := newSession(t, 5*time.Minute)
		start := time.Now()
		for range 100 {
			s.Invalidate(mustToken(t, s))
		}
		if took := time.Since(start); took < 9*time.Second {
			t.Errorf("100 refreshes in %v", took)
		}
	})
}

// A server with an untrusted certificate is not down: callers do not wait, and the next
// call succeeds once the certificate is valid.
// Only a token that was invalidated waits for the pause after a forced renewal.
func TestExpiryAfterAForcedRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := newSession(t, 50*time.Millisecond)
		s.Invalidate(mustToken(t, s))
		access(t, s)
		elapse(50 * time.Millisecond)
		start := time.Now()
		access(t, s)
		if waited := time.Since(start); waited != 0 {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestUntrustedServerFailsAtOnce(t *testing.T) {
	for name, cause := range map[string]error{
		"verification": &tls.CertificateVerificationError{Err: errors.New("expired")},
		"authority":    x509.UnknownAuthorityError{},
		"host":         x509.HostnameError{Certificate: &x509.Certificate{}, Host: "weka01"},
		"invalid":      x509.CertificateInvalidError{Reason: x509.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, 5*time.Minute)
				f.loginErr = fmt.Errorf("login: %w", cause)
				start := time.Now()
				for range 10 {
					_, err := s.Token(t.Context())
					if !errors.Is(err, cause) && !strings.Contains(err.Error(), cause.Error()) {
						t.Errorf("got %v", err)
					}
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("the callers waited %v", took)
				}
				f.set(func(f *server) { f.loginErr = nil })
				elapse(time.Second)
				access(t, s)
				if took := time.Since(start); took != time.Second {
					t.Errorf("the error was returned for %v after the certificate was valid", took-time.Second)
				}
			})
		})
	}
}

func TestRejectedRefreshCausesOneLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		f.set(func(f *server) { f.refreshErr = fmt.Errorf("401: %w", token.ErrRefreshRejected) })
		elapse(6 * time.Minute)
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 2, 1)
	})
}

func TestSessionEndsWithoutCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		f.set(func(f *server) { f.refreshErr, f.loginErr = token.ErrRefreshRejected, token.ErrNoCredentials })
		elapse(6 * time.Minute)
		for range 1000 {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrSessionEnded) {
				t.Fatalf("got %v", err)
			}
			elapse(10 * time.Millisecond)
		}
		if f.refreshes != 1 {
			t.Errorf("the rejected refresh token was sent %d times", f.refreshes)
		}
	})
}

func TestNoCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.loginErr = token.ErrNoCredentials
		_, err := s.Token(t.Context())
		if !errors.Is(err, token.ErrNoCredentials) || errors.Is(err, token.ErrSessionEnded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPermanentErrorIsReturnedWithoutReadingTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &countingStore{MemoryStore: token.NewMemoryStore()}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		f.loginErr = token.ErrNoCredentials
		for second := range 3 {
			for range 10 {
				if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrNoCredentials) {
					t.Fatal(err)
				}
			}
			if loads := store.loads.Load(); int(loads) != second+1 {
				t.Errorf("the store was read %d times within %d s", loads, second)
			}
			elapse(time.Second)
		}
	})
}

// The time until which a permanent error is returned means nothing once it has ended.
func TestClockJumpAfterAPermanentError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var wall clock
		f, s := newSession(t, 5*time.Minute, token.WithClock(wall.now))
		f.loginErr = token.ErrNoCredentials
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrNoCredentials) {
			t.Fatal(err)
		}
		f.set(func(f *server) { f.loginErr = nil })
		elapse(time.Second)
		got := mustToken(t, s)
		wall.ahead = -time.Hour
		s.Invalidate(got)
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPermissionErrorCausesNoLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		forbidden := errors.New("403 Forbidden")
		f.set(func(f *server) { f.refreshErr = forbidden })
		elapse(6 * time.Minute)
		for range 5 {
			if _, err := s.Token(t.Context()); !errors.Is(err, forbidden) {
				t.Errorf("got %v", err)
			}
		}
		f.counts(t, 1, 5)
	})
}

func TestReplyWithoutRefreshTokenKeepsTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		f.set(func(f *server) { f.noRefresh = true })
		for range 3 {
			elapse(6 * time.Minute)
			access(t, s)
		}
		f.counts(t, 1, 3)
		for _, sent := range f.sent {
			if sent != "refresh-1" {
				t.Errorf("refreshed with %q", sent)
			}
		}
	})
}

// heldStore blocks between the server's response and storing it.
type heldStore struct {
	*token.MemoryStore
	release chan error // the result of storing
}

func (h *heldStore) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	return h.MemoryStore.Update(ctx, id, func(current token.Token) (token.Token, error) {
		next, err := change(current)
		if err != nil {
			return next, err
		}
		return next, <-h.release
	})
}

func TestNewTokenIsStoredBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error)}
		s := token.NewSource(f, token.WithStore(store, token.Identity{}))
		defer s.Close()
		got := make(chan string)
		for range 2 { // one that waits for the login, and one that comes while the store writes
			go func() { got <- access(t, s) }()
			synctest.Wait()
		}
		f.counts(t, 1, 0)
		select {
		case early := <-got:
			t.Errorf("%q was handed out before it was stored", early)
		default:
		}
		store.release <- nil
		for range 2 {
			if access := <-got; access != "access-1" {
				t.Errorf("got %q", access)
			}
		}
	})
}

func TestTokenThatCannotBeStoredIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error, 1)}
		var seen recorder
		s := token.NewSource(f, token.WithStore(store, token.Identity{}), token.WithHook(seen.hook))
		defer s.Close()
		full := errors.New("no space left on device")
		for _, storing := range []error{nil, full, full, nil, full} {
			store.release <- storing
			s.Invalidate(mustToken(t, s))
		}
		f.counts(t, 1, 4)
		if got := strings.Join(f.sent, " "); got != "refresh-1 refresh-2 refresh-3 refresh-4" {
			t.Errorf("refreshed with %s", got)
		}
		want := "started > logged in > started > refreshed > not stored > started > refreshed > started > refreshed > started > refreshed > not stored"
		if got := seen.String(); got != want {
			t.Errorf("events: %s\nwant:   %s", got, want)
		}
	})
}

func TestTokenOfAnotherProcessIsAdoptedAfterAFailedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error, 1)}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		for _, storing := range []error{nil, errors.New("no space left on device")} {
			store.release <- storing
			s.Invalidate(mustToken(t, s))
		}
		put(t, store.MemoryStore, cluster, "by-another", time.Time{})
		if got := access(t, s); got != "access-by-another" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 1, 1)
	})
}

// The reason why there is no token is in the error, and not only in the hook.
func TestCallerThatGivesUpGetsTheLastFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.loginErr = errUnavailable
		_, _ = s.Token(t.Context())
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := s.Token(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errUnavailable) {
			t.Errorf("got %v", err)
		}
		f.set(func(f *server) { f.loginErr = nil })
		access(t, s)
		f.set(func(f *server) { f.delay = time.Second })
		elapse(time.Hour)
		ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := s.Token(ctx); errors.Is(err, errUnavailable) {
			t.Errorf("an error of an hour ago: %v", err)
		}
	})
}

func TestUnsafeTokenInTheStoreIsNotAdopted(t *testing.T) {
	store := token.NewMemoryStore()
	put(t, store, cluster, "unsafe\n", time.Time{})
	_, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
	if got := access(t, s); got != "access-1" {
		t.Errorf("got %q", got)
	}
}

func TestAdoptedIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := newServer(5 * time.Minute)
		one := token.NewSource(f, token.WithStore(store, cluster))
		defer one.Close()
		if mustToken(t, one).Adopted {
			t.Error("the token that the server issued counts as adopted")
		}
		two := token.NewSource(f, token.WithStore(store, cluster))
		defer two.Close()
		got := mustToken(t, two)
		if !got.Adopted {
			t.Error("the token from the store does not count as adopted")
		}
		two.Invalidate(got)
		if mustToken(t, two).Adopted {
			t.Error("the refreshed token counts as adopted")
		}
	})
}

func TestHookSeesTheLifecycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := newServer(5 * time.Minute)
		var seen recorder
		s := token.NewSource(f, token.WithStore(store, cluster), token.WithHook(seen.hook), noJitter())
		defer s.Close()
		expect := func(want string) {
			t.Helper()
			synctest.Wait()
			if got := seen.String(); got != want {
				t.Errorf("events: %s\nwant:   %s", got, want)
			}
			seen.events = nil
		}
		access(t, s)
		expect("started > logged in")
		elapse(4*time.Minute + time.Second)
		access(t, s)
		expect("started > refreshed")
		put(t, store, cluster, "by-another", time.Now().Add(5*time.Minute))
		elapse(4*time.Minute + time.Second)
		access(t, s)
		expect("adopted")
		f.set(func(f *server) { f.refreshErr, f.loginErr = token.ErrRefreshRejected, token.ErrNoCredentials })
		elapse(50 * time.Second) // into the window of what was left when it was adopted
		access(t, s)
		expect("started > started > failed") // the token is good for another moment
		elapse(time.Minute)
		for range 3 {
			_, _ = s.Token(t.Context())
			elapse(time.Minute)
		}
		expect("started > session ended")
	})
}

func TestTemporaryErrorDoesNotEndTheSession(t *testing.T) {
	var seen recorder
	f, s := newSession(t, 5*time.Minute, token.WithHook(seen.hook))
	f.loginErr = errUnavailable
	_, _ = s.Token(t.Context())
	if got := seen.String(); got != "started > failed" {
		t.Errorf("events: %s", got)
	}
}

func TestEventsContainNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen recorder
		s := token.NewSource(newServer(5*time.Minute), token.WithHook(seen.hook))
		defer s.Close()
		s.Invalidate(mustToken(t, s))
		mustToken(t, s)
		for _, event := range seen.events {
			if text := fmt.Sprintf("%v %+v %#v", event, event, event); strings.Contains(text, "access-") || strings.Contains(text, "refresh-") {
				t.Errorf("an event shows a token: %s", text)
			}
			if event.Kind != token.Started && time.Until(event.Expiry) != 5*time.Minute {
				t.Errorf("%v: expiry %v", event.Kind, event.Expiry)
			}
		}
	})
}
