package weka_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// lock has somebody else fail to log in until the account is locked.
func lock(t *testing.T, srv *wekatest.Server) (attempts int) {
	t.Helper()
	for range 5 {
		wrong := newClient(t, srv, weka.WithPassword("admin", "wrong"))
		if err := status(t.Context(), wrong); !errors.Is(err, weka.ErrBadCredentials) {
			t.Fatalf("got %v, want ErrBadCredentials", err)
		}
	}
	return 5
}

// wantLocked checks for the lockout in an error, and that the time it states is
// about left.
func wantLocked(t *testing.T, err error, left time.Duration) {
	t.Helper()
	var locked *weka.LockedOutError
	if !errors.As(err, &locked) || !errors.Is(err, weka.ErrLockedOut) {
		t.Fatalf("got %v, want a *LockedOutError", err)
	}
	if got := time.Until(locked.Until); got < left || got > left+2*time.Second {
		t.Errorf("locked for another %v, want %v", got, left)
	}
	if errors.Is(err, weka.ErrForbidden) || errors.Is(err, weka.ErrBadCredentials) {
		t.Errorf("%v: is more than a lockout", err)
	}
}

// Once locked out, nothing logs in before the lock is over; then one login does.
func TestLockout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		before := lock(t, srv)
		c := admin(t, srv)
		err := status(t.Context(), c)
		wantError(t, err, statusOperation)
		wantLocked(t, err, 2*time.Minute)
		if !strings.Contains(err.Error(), "locked for another 2m") {
			t.Errorf("%v: does not say for how long", err)
		}
		for range 11 {
			time.Sleep(10 * time.Second)
			for _, err := range together(t, c, 20) {
				wantError(t, err, statusOperation, weka.ErrLockedOut)
			}
		}
		wantLocked(t, status(t.Context(), c), 10*time.Second)
		wantCounts(t, srv, before+1, 0)
		time.Sleep(12 * time.Second)
		wantTogether(t, c)
		wantCounts(t, srv, before+2, 0)
	})
}

func TestLockoutTimes(t *testing.T) {
	for words, left := range map[string]time.Duration{
		"for another 1m55s due to too many login attempts": 115 * time.Second,
		"for another 55s.":          55 * time.Second,
		"for another 1h2m3s":        time.Hour + 2*time.Minute + 3*time.Second,
		"for another 2m":            2 * time.Minute,
		"for another while":         token.DefaultLockout,
		"":                          token.DefaultLockout,
		"for another 999999999999h": token.DefaultLockout,
	} {
		for _, form := range []string{`{"data":"Authentication Failed. User has been locked out %s"}`, `{"message":"USER IS LOCKED OUT %s"}`} {
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				c := admin(t, srv)
				srv.Fail("login", 1, http.StatusForbidden, strings.ReplaceAll(form, "%s", words))
				wantLocked(t, status(t.Context(), c), left)
			})
		}
	}
}

// Clients on one cache, as of eight programs with an outdated password, do not lock
// the account: the first refusal holds for all, until the password is another.
func TestRow10_OutdatedPasswordOnASharedCacheIsSentOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		for range 8 {
			stale := newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenCache(dir))
			wantError(t, status(t.Context(), stale), statusOperation, weka.ErrBadCredentials)
		}
		wantCounts(t, srv, 1, 0)
		mustStatus(t, admin(t, srv, weka.WithTokenCache(dir)))
		wantCounts(t, srv, 2, 0)
		mustStatus(t, newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenCache(dir))) // the session is there
		wantCounts(t, srv, 2, 0)
	})
}

// Nor do they extend a lock that one of them met.
func TestLockoutOnASharedCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		before := lock(t, srv)
		for range 8 {
			wantLocked(t, status(t.Context(), admin(t, srv, weka.WithTokenCache(dir))), 2*time.Minute)
		}
		wantCounts(t, srv, before+1, 0)
		time.Sleep(2*time.Minute + 2*time.Second)
		mustStatus(t, admin(t, srv, weka.WithTokenCache(dir)))
	})
}

// The vendor's token file is the vendor's: it does not hear of a refusal.
func TestRefusalLeavesTheTokenFileAlone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		path := sessionFile(t, srv)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		srv.RevokeTokens()
		c := newClient(t, srv, weka.WithPassword("admin", "outdated"), weka.WithTokenFile(path))
		for range 3 {
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrBadCredentials)
			time.Sleep(time.Minute)
		}
		wantCounts(t, srv, 2, 1)
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
			t.Errorf("the file became %s (%v)", after, err)
		}
	})
}

// A refresh that is answered with the lockout leads to no login, which would extend
// it, and is not tried again before its time either.
func TestLockoutAtRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.ExpireTokens()
		srv.Fail("refreshToken", 1, http.StatusForbidden, lockedBody)
		wantLocked(t, status(t.Context(), c), 115*time.Second)
		for range 11 {
			time.Sleep(10 * time.Second)
			wantError(t, status(t.Context(), c), statusOperation, weka.ErrLockedOut)
		}
		wantCounts(t, srv, 1, 1)
		time.Sleep(10 * time.Second)
		mustStatus(t, c)
		wantCounts(t, srv, 1, 2)
	})
}

// A lockout that LongLivedToken met is not deepened, neither by it nor by the
// client's own session, which goes on.
func TestLockoutAtLongLivedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		before := 1 + lock(t, srv)
		for range 5 {
			_, err := c.LongLivedToken(t.Context(), time.Hour)
			wantLine(t, err)
			if !errors.Is(err, weka.ErrLockedOut) {
				t.Fatalf("got %v, want ErrLockedOut", err)
			}
			time.Sleep(10 * time.Second)
		}
		wantCounts(t, srv, before+1, 0)
		srv.ExpireTokens()
		mustStatus(t, c) // by a refresh, which is no login
		wantCounts(t, srv, before+1, 1)
		srv.RevokeTokens()
		wantError(t, status(t.Context(), c), statusOperation, weka.ErrLockedOut)
		wantCounts(t, srv, before+1, 2)
		time.Sleep(2 * time.Minute)
		if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
	})
}

// What others on a shared cache were refused with holds for LongLivedToken too, while
// the client's own session is taken for good.
func TestLongLivedTokenHeedsWhatOthersMet(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		class  error
	}{
		"a wrong password": {http.StatusUnauthorized, jsonUnauthorized, weka.ErrBadCredentials},
		"a lockout":        {http.StatusForbidden, lockedBody, weka.ErrLockedOut},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			bubble(t, func(t *testing.T, srv *wekatest.Server) {
				c, other := admin(t, srv, weka.WithTokenCache(dir)), admin(t, srv, weka.WithTokenCache(dir))
				mustStatus(t, c)
				mustStatus(t, other)
				srv.RevokeTokens()
				srv.Fail("login", 1, test.status, test.body)
				wantError(t, status(t.Context(), other), statusOperation, test.class)
				before := srv.Count("login")
				_, err := c.LongLivedToken(t.Context(), time.Hour)
				wantLine(t, err)
				if got := srv.Count("login") - before; !errors.Is(err, test.class) || got != 0 {
					t.Errorf("got %v after %d logins, want %v", err, got, test.class)
				}
				time.Sleep(16 * time.Minute)
				if _, err := c.LongLivedToken(t.Context(), time.Hour); err != nil {
					t.Errorf("later: %v", err)
				}
			})
		})
	}
}

// Nor does LongLivedToken send a wrong password again and again, while the session
// that was opened with the former one lives.
func TestWrongPasswordAtLongLivedToken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *wekatest.Server) {
		c := admin(t, srv)
		mustStatus(t, c)
		srv.Fail("login", 1, http.StatusUnauthorized, jsonUnauthorized)
		for range 3 {
			_, err := c.LongLivedToken(t.Context(), time.Hour)
			wantLine(t, err)
			if !errors.Is(err, weka.ErrBadCredentials) {
				t.Errorf("got %v, want ErrBadCredentials", err)
			}
		}
		wantCounts(t, srv, 2, 0)
		mustStatus(t, c)
	})
}
