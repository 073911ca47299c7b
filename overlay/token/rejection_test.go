package token_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// rejecting returns a server that rejects the password of every login.
func rejecting(secret string) *server {
	f := newServer(5 * time.Minute)
	f.password, f.loginErr = secret, fmt.Errorf("login: %w", token.ErrBadCredentials)
	return f
}

// failWith asks a new Source on store for a token, which must fail with want.
func failWith(t *testing.T, f *server, store token.Store, want error) error {
	t.Helper()
	s := token.NewSource(f, token.WithStore(store, cluster))
	defer s.Close()
	_, err := s.Token(t.Context())
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	return err
}

func TestWrongPasswordIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		access(t, s)
		f.set(func(f *server) {
			f.refreshErr = token.ErrRefreshRejected
			f.loginErr = fmt.Errorf("login: %w", token.ErrBadCredentials)
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

func TestRejectionIsShared(t *testing.T) {
	key := cluster.Key()
	for name, store := range map[string]token.Store{
		"memory": token.NewMemoryStore(),
		"file":   token.NewCache(cacheFolder(t)),
		"custom": databaseStore{&database{locks: map[string]chan struct{}{
			key: make(chan struct{}, 1),
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := rejecting("outdated")
			_ = failWith(t, f, store, token.ErrBadCredentials)
			for range 3 {
				err := failWith(t, f, store, token.ErrBadCredentials)
				if !strings.Contains(err.Error(), "another process") {
					t.Errorf("%v: does not say which process was rejected", err)
				}
			}
			f.counts(t, 1, 0)
			f.set(func(f *server) { f.password, f.loginErr = "changed", nil })
			s := token.NewSource(f, token.WithStore(store, cluster))
			defer s.Close()
			got := mustToken(t, s)
			if !got.Rejection.IsZero() {
				t.Error("the Source returned a token with the rejection")
			}
			f.counts(t, 2, 0)
			if entry, err := store.Load(t.Context(), cluster); err != nil || !entry.Rejection.IsZero() || entry.Access == (api.Secret{}) {
				t.Errorf("after the login the entry holds the rejection, or no token (%v)", err)
			}
		})
	}
}

func TestRejectionIsNotRecordedWithoutAStore(t *testing.T) {
	f, s := newSession(t, 5*time.Minute)
	f.loginErr = token.ErrBadCredentials
	if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
		t.Fatal(err)
	}
	if last, err := s.LastRejection(t.Context()); err != nil || !last.IsZero() {
		t.Errorf("got a rejection until %v (%v)", last.Until, err)
	}
}

func TestSharedRejectionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := rejecting("outdated")
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		for range 60 { // the Source that was rejected never sends it again
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Fatal(err)
			}
			elapse(time.Minute)
		}
		f.counts(t, 1, 0)
		_ = failWith(t, f, store, token.ErrBadCredentials) // the others send it again after 15 minutes
		f.counts(t, 2, 0)
		elapse(14 * time.Minute)
		_ = failWith(t, f, store, token.ErrBadCredentials)
		f.counts(t, 2, 0)
	})
}

// A Source that was not rejected itself sends the password again once the shared
// rejection has ended: the server may accept it by then.
func TestSharedRejectionEndsForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f := rejecting("not there yet")
		_ = failWith(t, f, store, token.ErrBadCredentials)
		other := token.NewSource(f, token.WithStore(store, cluster))
		defer other.Close()
		for range 14 {
			if _, err := other.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Fatal(err)
			}
			elapse(time.Minute)
		}
		f.counts(t, 1, 0)
		if f.asked != 2 {
			t.Errorf("the credentials were checked %d times, want once per Source", f.asked)
		}
		f.set(func(f *server) { f.loginErr = nil })
		elapse(time.Minute)
		access(t, other)
		f.counts(t, 2, 0)
	})
}

// The error shows local times, although the file holds UTC.
func TestSharedRejectionShowsLocalTimes(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("", 5*60*60)
	defer func() { time.Local = zone }()
	synctest.Test(t, func(t *testing.T) { // the clock of the bubble starts at midnight UTC
		store := token.NewCache(cacheFolder(t))
		f := rejecting("outdated")
		_ = failWith(t, f, store, token.ErrBadCredentials)
		err := failWith(t, f, store, token.ErrBadCredentials)
		if text := err.Error(); !strings.Contains(text, "05:00:00") || !strings.Contains(text, "05:15:00") {
			t.Errorf("%v: want 05:00:00 and 05:15:00", err)
		}
	})
}

// A rejection of another process does not end the session of a Source.
func TestRejectionOfOthersKeepsAValidSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		access(t, s)
		if err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) { return token.Token{}, nil }); err != nil {
			t.Fatal(err) // another process logged out
		}
		_ = failWith(t, rejecting("outdated"), store, token.ErrBadCredentials)
		elapse(6 * time.Minute)
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 1, 1)
	})
}

// A rejection dated in the future is ignored: the clock was set back by an unknown time.
func TestRejectionFromTheFutureIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
			year := time.Now().Add(365 * 24 * time.Hour)
			return token.Token{Rejection: token.Rejection{At: year, Until: year.Add(time.Hour)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		access(t, s)
	})
}

func TestRejectionHidesTheCredentials(t *testing.T) {
	const plain = "planted-password"
	dir := cacheFolder(t)
	err := failWith(t, rejecting(plain), token.NewCache(dir), token.ErrBadCredentials)
	entry, loadErr := token.NewCache(dir).Load(t.Context(), cluster)
	if loadErr != nil || entry.Rejection.Check(plain) == nil {
		t.Fatalf("the rejection was not stored (%v)", loadErr)
	}
	data, readErr := os.ReadFile(cacheFile(dir, cluster))
	if readErr != nil {
		t.Fatal(readErr)
	}
	shared := failWith(t, rejecting(plain), token.NewCache(dir), token.ErrBadCredentials)
	printed := fmt.Sprintf("%v %+v %#v %v %+v %#v %v %+v %#v", err, err, err, shared, shared, shared, entry, entry, entry)
	assertHidden(t, printed+string(data), plain)
	assertHidden(t, printed, entry.Rejection.Credentials.Reveal())
	if err := entry.Rejection.Check("another"); err != nil {
		t.Errorf("another password: %v", err)
	}
}

// A file whose format does not hold a rejection, such as a vendor's, is not written for
// one.
func TestVendorFileIsNotWrittenForARejection(t *testing.T) {
	for name, content := range map[string]string{
		"a dead session": `{"access_token":"cli","refresh_token":"cli-refresh","token_type":"Bearer"}` + " \n",
		"no session":     `{ "theirs": 1 }`,
		"no file":        "",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(ownFolder(t), "auth-token.json")
			if content != "" {
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			f := rejecting("outdated")
			f.refreshErr = token.ErrRefreshRejected
			s := token.NewSource(f, token.WithStore(token.NewFileStore(path, fixedCodec{}), cluster))
			defer s.Close()
			if got, err := s.Token(t.Context()); err == nil {
				s.Invalidate(got)
			}
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Errorf("got %v", err)
			}
			f.counts(t, 1, strings.Count(content, "cli-refresh"))
			if after, err := os.ReadFile(path); string(after) != content || (err == nil) != (content != "") {
				t.Errorf("the file became %q (%v)", after, err)
			}
		})
	}
}

// An entry without the members of a rejection loads.
func TestEntryWithoutRejectionLoads(t *testing.T) {
	dir := cacheFolder(t)
	content := `{"system":"weka","cluster":"","endpoints":["https://weka01:14000"],"user":"admin","organization":"",` +
		`"access_token":"old","refresh_token":"r","token_type":"","issued_at":"2026-01-01T00:00:00Z","expires_at":"0001-01-01T00:00:00Z"}`
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(cacheFile(dir, cluster), []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := kept(t, token.NewCache(dir), cluster); got != "old" {
		t.Errorf("got %q", got)
	}
}

// LastRejection returns what the store knows for as long as it is in force.
func TestLastRejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := rejecting("outdated")
		_ = failWith(t, f, store, token.ErrBadCredentials)
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		last, err := s.LastRejection(t.Context())
		if err != nil || !errors.Is(last.Check("outdated"), token.ErrBadCredentials) || last.Check("changed") != nil {
			t.Errorf("got %v, %v, want the rejection of one password", last.Check("outdated"), err)
		}
		elapse(16 * time.Minute)
		if last, err := s.LastRejection(t.Context()); err != nil || !last.IsZero() {
			t.Errorf("got %v after its end, want none", err)
		}
		f.set(func(f *server) { f.loginErr = &token.LockedOutError{Until: time.Now().Add(time.Minute)} })
		_ = failWith(t, f, store, token.ErrLockedOut)
		if _, err := s.LastRejection(t.Context()); !errors.Is(err, token.ErrLockedOut) {
			t.Errorf("got %v, want the lockout", err)
		}
		elapse(2 * time.Minute)
		if last, err := s.LastRejection(t.Context()); err != nil || !last.IsZero() {
			t.Errorf("got %v after the lock, want none", err)
		}
	})
}

func TestNoLoginDuringALockout(t *testing.T) {
	for name, store := range map[string]token.Store{
		"kept in the store":     token.NewMemoryStore(),
		"not kept in the store": token.NewFileStore(filepath.Join(ownFolder(t), "auth-token.json"), fixedCodec{}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				until := time.Now().Add(115 * time.Second)
				f.loginErr = fmt.Errorf("login: %w", &token.LockedOutError{Until: until})
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
				f.set(func(f *server) { f.loginErr = nil })
				access(t, s)
				f.counts(t, 2, 0)
			})
		})
	}
}

func TestLockoutWithoutATimeLastsTheDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.loginErr = &token.LockedOutError{}
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

// Nothing that a server or a store says locks an account for longer than LongestBlock.
func TestLongestLockout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		f.loginErr = &token.LockedOutError{Until: time.Now().Add(2_000_000 * time.Hour)}
		_, other := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		for _, source := range []*token.Source{s, other} {
			var locked *token.LockedOutError
			if _, err := source.Token(t.Context()); !errors.As(err, &locked) || time.Until(locked.Until) != token.LongestBlock {
				t.Errorf("got %v", err)
			}
		}
		err := store.Update(t.Context(), cluster, func(kept token.Token) (token.Token, error) {
			kept.Rejection.Until = time.Now().Add(2_000_000 * time.Hour) // by another release
			return kept, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f.set(func(f *server) { f.loginErr = nil })
		elapse(token.LongestBlock - time.Minute)
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrLockedOut) {
			t.Errorf("got %v", err)
		}
		elapse(2 * time.Minute)
		access(t, other)
		access(t, s)
	})
}

// Before the time that a server states, neither logins nor refreshes are sent.
func TestThrottledServerIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct{ stated, want time.Duration }{
		"a while":   {46 * time.Second, 46 * time.Second},
		"too long":  {1e6 * time.Hour, token.LongestBlock},
		"none left": {0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, 100*time.Hour)
				throttled := &token.ThrottledError{Until: time.Now().Add(c.stated), Err: errUnavailable}
				f.loginErr = fmt.Errorf("login: %w", throttled)
				start := time.Now()
				_, err := s.Token(t.Context())
				if !errors.Is(err, errUnavailable) || !strings.Contains(err.Error(), start.Add(c.want).Format(time.TimeOnly)) {
					t.Errorf("got %v, want the time", err)
				}
				f.set(func(f *server) { f.loginErr = nil })
				for f.logins == 1 {
					_, _ = s.Token(t.Context())
					elapse(c.want / 50)
				}
				if got := time.Since(start); got < c.want || got > c.want*11/10 {
					t.Errorf("the next login was sent after %v, want %v", got, c.want)
				}
				access(t, s)
				f.counts(t, 2, 0)
			})
		})
	}
}

func TestThrottledRefreshKeepsTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, noJitter())
		access(t, s)
		elapse(4*time.Minute + time.Second)
		f.set(func(f *server) {
			f.refreshErr = &token.ThrottledError{Until: time.Now().Add(2 * time.Minute), Err: errUnavailable}
		})
		for range 58 {
			access(t, s)
			elapse(time.Second)
		}
		f.counts(t, 1, 1)
		f.set(func(f *server) { f.refreshErr = nil })
		elapse(2 * time.Second)
		if _, err := s.Token(t.Context()); !errors.Is(err, errUnavailable) {
			t.Errorf("the token has expired: got %v", err)
		}
		elapse(time.Minute)
		access(t, s)
		f.counts(t, 1, 2)
	})
}

func TestLockoutIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f := newServer(5 * time.Minute)
		until := time.Now().Add(2 * time.Minute)
		f.loginErr, f.refreshErr = &token.LockedOutError{Until: until}, token.ErrRefreshRejected
		put(t, store, cluster, "dead", time.Now().Add(-time.Minute))
		for range 8 {
			err := failWith(t, f, store, token.ErrLockedOut)
			var locked *token.LockedOutError
			if !errors.As(err, &locked) || !locked.Until.Equal(until) {
				t.Errorf("got %v, want the end of the lockout", err)
			}
			elapse(10 * time.Second)
		}
		f.counts(t, 1, 1)
		if kept(t, store, cluster) != "access-dead" {
			t.Error("the lockout replaced the session")
		}
		elapse(time.Minute)
		f.set(func(f *server) { f.loginErr = nil })
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		if got := access(t, s); got != "access-1" {
			t.Errorf("after the lock: %q", got)
		}
	})
}

// Logins that the server accepts without issuing a token get rarer, since each may open
// a session there.
func TestLoginsWithoutATokenBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.reply = &token.Token{Refresh: api.NewSecret("no access token")}
		s := token.NewSource(f)
		defer s.Close()
		start := time.Now()
		for time.Since(start) < time.Hour {
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) {
				t.Fatalf("got %v", err)
			}
			elapse(100 * time.Millisecond)
		}
		// After pauses of 0.25 s to 4 s that callers wait for, then of 8 s to 128 s, and of
		// 5 minutes.
		if f.logins < 10 || f.logins > 25 {
			t.Errorf("%d logins in an hour", f.logins)
		}
		began := time.Now()
		_, err := s.Token(t.Context())
		if took := time.Since(began); took != 0 || !strings.Contains(err.Error(), "in a row") {
			t.Errorf("after %v: %v", took, err)
		}
		f.set(func(f *server) { f.reply = nil })
		elapse(5 * time.Minute)
		access(t, s)
		before := f.logins
		s.Invalidate(mustToken(t, s))
		access(t, s)
		if f.logins != before {
			t.Error("the new session was not refreshed")
		}
		f.set(func(f *server) { f.refreshErr, f.reply = token.ErrRefreshRejected, &token.Token{} })
		s.Invalidate(mustToken(t, s))
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) || strings.Contains(err.Error(), "in a row") {
			t.Errorf("the first login without a token after a session: %v", err)
		}
	})
}
