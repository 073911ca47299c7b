package token_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow08_ReplyIsCheckedBeforeTheStateChanges(t *testing.T) {
	for name, reply := range map[string]token.Token{
		"no access token":   {Refresh: token.NewSecret("refresh-x")},
		"negative lifetime": {Access: token.NewSecret("access-x"), Lifetime: token.LifetimeFromSeconds(-1)},
		"line break":        {Access: token.NewSecret("access-x\r\nHost: elsewhere")},
		"not ASCII":         {Access: token.NewSecret("access-é")},
		"unsafe scheme":     {Access: token.NewSecret("access-x"), Scheme: "Bearer\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				s := token.NewSource(f, noJitter())
				defer s.Close()
				access(t, s)
				f.set(func(f *server) { f.reply = &reply })
				elapse(4*time.Minute + time.Second)
				for range 2 {
					if got := access(t, s); got != "access-1" {
						t.Fatalf("a bad reply replaced the good token by %q", got)
					}
					synctest.Wait()
				}
				elapse(time.Minute)
				if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) {
					t.Errorf("got %v", err)
				}
				f.set(func(f *server) { f.reply = nil })
				if got := access(t, s); got != "access-2" {
					t.Errorf("after a good reply: %q", got)
				}
				for _, sent := range f.sent {
					if sent != "refresh-1" {
						t.Errorf("%q of a bad reply was sent", sent)
					}
				}
			})
		})
	}
}

func TestRow08_OddLifetimesAreUnknown(t *testing.T) {
	for name, seconds := range map[string]float64{"absent or zero": 0, "enormous": 1e300, "past int64 in nanoseconds": 1e10} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(token.LifetimeFromSeconds(seconds))
				s := token.NewSource(f)
				defer s.Close()
				if got := mustToken(t, s); !got.Expiry.IsZero() || got.Lifetime != 0 {
					t.Errorf("expiry %v, lifetime %v, want unknown", got.Expiry, got.Lifetime)
				}
				elapse(24 * time.Hour)
				access(t, s)
				f.counts(t, 1, 0)
			})
		})
	}
}

func TestRow09_ReplyWithoutRefreshTokenKeepsTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
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

// heldStore stops between the server's answer and the storing of it.
type heldStore struct {
	*token.MemoryStore
	release chan error // what storing gives
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

func TestRow09_NewTokenIsStoredBeforeItIsUsed(t *testing.T) {
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

func TestRow09_TokenThatCannotBeStoredIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		store := &heldStore{MemoryStore: token.NewMemoryStore(), release: make(chan error, 1)}
		var seen recorder
		s := token.NewSource(f, token.WithStore(store, token.Identity{}), token.WithHook(seen.hook))
		defer s.Close()
		full := errors.New("no space left on device")
		for _, storing := range []error{nil, full, full, nil} {
			store.release <- storing
			s.Invalidate(mustToken(t, s))
		}
		f.counts(t, 1, 3)
		if got := strings.Join(f.sent, " "); got != "refresh-1 refresh-2 refresh-3" {
			t.Errorf("refreshed with %s", got)
		}
		want := "started > logged in > started > refreshed > not stored > started > refreshed > not stored > started > refreshed"
		if got := seen.String(); got != want {
			t.Errorf("events: %s\nwant:   %s", got, want)
		}
	})
}

func TestRow10_RefusedRefreshLeadsToOneLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
		access(t, s)
		f.set(func(f *server) { f.refuse = fmt.Errorf("401: %w", token.ErrRefreshRejected) })
		elapse(6 * time.Minute)
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 2, 1)
	})
}

func TestRow10_SessionEndsWithoutCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
		access(t, s)
		f.set(func(f *server) { f.refuse, f.password = token.ErrRefreshRejected, token.ErrNoCredentials })
		elapse(6 * time.Minute)
		for range 1000 {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrSessionEnded) {
				t.Fatalf("got %v", err)
			}
			elapse(10 * time.Millisecond)
		}
		if f.refreshes != 1 {
			t.Errorf("the dead refresh token was sent %d times", f.refreshes)
		}
	})
}

func TestRow10_NothingToLogInWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.password = token.ErrNoCredentials
		s := token.NewSource(f)
		defer s.Close()
		_, err := s.Token(t.Context())
		if !errors.Is(err, token.ErrNoCredentials) || errors.Is(err, token.ErrSessionEnded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRow10_WrongPasswordIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
		access(t, s)
		f.set(func(f *server) {
			f.refuse = token.ErrRefreshRejected
			f.password = fmt.Errorf("login: %w", token.ErrBadCredentials)
		})
		elapse(6 * time.Minute)
		for range 1000 {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Fatalf("got %v", err)
			}
			elapse(time.Minute)
		}
		f.counts(t, 2, 1)
	})
}

func TestRow10_NothingLogsInDuringALockout(t *testing.T) {
	for name, store := range map[string]token.Store{
		"a store that keeps it":       token.NewMemoryStore(),
		"a vendor's that has no room": token.NewFileStore(filepath.Join(ownFolder(t), "auth-token.json"), fixedCodec{}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				until := time.Now().Add(115 * time.Second)
				f.password = fmt.Errorf("login: %w", &token.LockedOutError{Until: until})
				s := token.NewSource(f, token.WithStore(store, cluster))
				defer s.Close()
				for time.Now().Before(until) {
					_, err := s.Token(t.Context())
					var locked *token.LockedOutError
					if !errors.As(err, &locked) || !locked.Until.Equal(until) || !errors.Is(err, token.ErrLockedOut) {
						t.Fatalf("got %v", err)
					}
					f.counts(t, 1, 0)
					elapse(500 * time.Millisecond)
				}
				f.set(func(f *server) { f.password = nil })
				access(t, s)
				f.counts(t, 2, 0)
			})
		})
	}
}

func TestRow10_LockoutWithoutATimeLastsTheDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.password = &token.LockedOutError{}
		s := token.NewSource(f)
		defer s.Close()
		start := time.Now()
		for f.logins < 2 {
			_, err := s.Token(t.Context())
			if !errors.Is(err, token.ErrLockedOut) {
				t.Fatal(err)
			}
			elapse(time.Second)
		}
		if waited := time.Since(start); waited < token.DefaultLockout {
			t.Errorf("logged in again after %v", waited)
		}
	})
}

func TestRow10_ServerThatRefusesEveryTokenIsSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
		start := time.Now()
		for range 100 {
			s.Invalidate(mustToken(t, s))
		}
		if took := time.Since(start); took < 9*time.Second {
			t.Errorf("100 refreshes in %v", took)
		}
	})
}

func TestRow11_PermissionErrorLogsNobodyIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		s := token.NewSource(f)
		defer s.Close()
		access(t, s)
		forbidden := errors.New("403 Forbidden")
		f.set(func(f *server) { f.refuse = forbidden })
		elapse(6 * time.Minute)
		for range 5 {
			if _, err := s.Token(t.Context()); !errors.Is(err, forbidden) {
				t.Errorf("got %v", err)
			}
		}
		f.counts(t, 1, 5)
	})
}

func TestRow15_ExpiryCountsFromTheStartOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.delay = 20 * time.Second
		s := token.NewSource(f)
		defer s.Close()
		start := time.Now()
		got := mustToken(t, s)
		if want := start.Add(5 * time.Minute); !got.Expiry.Equal(want) {
			t.Errorf("expires %v after the request began", got.Expiry.Sub(start))
		}
	})
}

func TestRow15_TimesHaveNoMonotonicReading(t *testing.T) {
	s := token.NewSource(newServer(5 * time.Minute)) // outside of a bubble, whose clock has none
	defer s.Close()
	got := mustToken(t, s)
	if text := fmt.Sprint(got.Issued, got.Expiry); strings.Contains(text, "m=") {
		t.Errorf("a time carries a monotonic reading: %s", text)
	}
}

func TestRow15_PointInTimeIsAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(0)
		f.reply = &token.Token{Access: token.NewSecret("a"), Expiry: time.Now().Add(time.Hour)}
		s := token.NewSource(f)
		defer s.Close()
		if got := mustToken(t, s); got.Lifetime != time.Hour {
			t.Errorf("lifetime %v", got.Lifetime)
		}
		f.set(func(f *server) { f.reply.Expiry = time.Now().Add(-time.Hour) }) // the server's clock is behind
		elapse(2 * time.Hour)
		for range 10 {
			access(t, s)
		}
		f.counts(t, 2, 0)
	})
}

// clock is a wall clock that can be set, running at the pace of time.Now.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Round(0).Add(c.ahead) }

func TestRow15_ClockJumpsCostOneRefresh(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"an hour ahead": time.Hour, "an hour back": -time.Hour,
		"ten years ahead": 87600 * time.Hour, "ten years back": -87600 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				var wall clock
				s := token.NewSource(f, token.WithClock(wall.now))
				defer s.Close()
				access(t, s)
				wall.ahead = jump
				for range 100 {
					access(t, s)
					synctest.Wait()
				}
				f.counts(t, 1, 1)
				elapse(6 * time.Minute)
				access(t, s)
				f.counts(t, 1, 2)
			})
		})
	}
}

func TestRow15_SmallCorrectionsOfTheClockCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		var wall clock
		s := token.NewSource(f, token.WithClock(wall.now))
		defer s.Close()
		access(t, s)
		wall.ahead = -30 * time.Second
		access(t, s)
		synctest.Wait()
		f.counts(t, 1, 0)
	})
}

func TestRow15_JWTTimesAreReadAsHints(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.c2ln"
	issued, expiry := token.JWTTimes(token.NewSecret(jwt))
	if issued.Unix() != 1700000000 || expiry.Sub(issued) != time.Hour {
		t.Errorf("issued %v, expiry %v", issued, expiry)
	}
	for _, none := range []string{"", "opaque", "a.b", "a.!.c", "a.e30.c", "a.eyJleHAiOjFlMzAwfQ.c"} {
		if issued, expiry := token.JWTTimes(token.NewSecret(none)); !issued.IsZero() || !expiry.IsZero() {
			t.Errorf("%q: issued %v, expiry %v", none, issued, expiry)
		}
	}
}

func TestRow18_UnsafeTokenIsRefusedWithoutShowingIt(t *testing.T) {
	for _, unsafe := range []string{"hush\nhusher", "hush a", "hush\x00", "hüsh", "hush\x7f"} {
		_, err := token.NewStaticSource(token.Token{Access: token.NewSecret(unsafe)})
		if !errors.Is(err, token.ErrMalformed) {
			t.Errorf("%q gave %v", unsafe, err)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error shows the token: %v", err)
		}
	}
}

func TestRow19_TokenBringsItsScheme(t *testing.T) {
	for scheme, want := range map[string]string{"": "Bearer abc", "Api-Key": "Api-Key abc"} {
		s, err := token.NewStaticSource(token.Token{Access: token.NewSecret("abc"), Scheme: scheme})
		if err != nil {
			t.Fatal(err)
		}
		if got := mustToken(t, s).Authorization(); got != want {
			t.Errorf("scheme %q: %q", scheme, got)
		}
		s.Close()
	}
}

func TestRow20_RefusedStaticTokenIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := token.NewStaticSource(token.Token{
			Access: token.NewSecret("long-lived"), Issued: time.Now(), Expiry: time.Now().Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		elapse(48 * time.Hour)
		got := mustToken(t, s) // only the server decides
		s.Invalidate(&token.Token{Access: token.NewSecret("another")})
		mustToken(t, s)
		s.Invalidate(got)
		for range 100 {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrTokenRejected) {
				t.Fatalf("got %v", err)
			}
			elapse(time.Minute)
		}
	})
}

func TestRow20_FunctionThatYieldsTokensIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			asked++
			return token.Token{Access: token.NewSecret(fmt.Sprint("given-", asked)), Refresh: token.NewSecret("ignored")}, nil
		}))
		defer s.Close()
		s.Invalidate(mustToken(t, s))
		if got := access(t, s); got != "given-2" {
			t.Errorf("got %q", got)
		}
	})
}
