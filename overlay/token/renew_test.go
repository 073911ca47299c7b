package token_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow10_RefusedRefreshLeadsToOneLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
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
		f, s := newSession(t, 5*time.Minute)
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
		f, s := newSession(t, 5*time.Minute)
		f.password = token.ErrNoCredentials
		_, err := s.Token(t.Context())
		if !errors.Is(err, token.ErrNoCredentials) || errors.Is(err, token.ErrSessionEnded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRow10_WrongPasswordIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
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

func TestRow11_PermissionErrorLogsNobodyIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
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
