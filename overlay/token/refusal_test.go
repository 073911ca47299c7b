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

	"github.com/hotcold-go/hotcold/overlay/token"
)

// refuser is a server that refuses the password of every login.
func refuser(secret string) *server {
	f := newServer(5 * time.Minute)
	f.secret, f.password = secret, fmt.Errorf("login: %w", token.ErrBadCredentials)
	return f
}

// refusedBy asks a new source on store for a token, which must end in want.
func refusedBy(t *testing.T, f *server, store token.Store, want error) error {
	t.Helper()
	s := token.NewSource(f, token.WithStore(store, cluster))
	defer s.Close()
	_, err := s.Token(t.Context())
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	return err
}

func TestRow10_RefusalIsSharedThroughTheStore(t *testing.T) {
	key := cluster.Key()
	for name, store := range map[string]token.Store{
		"memory": token.NewMemoryStore(),
		"file":   token.NewCache(cacheFolder(t)),
		"a site's own": siteStore{&database{locks: map[string]chan struct{}{
			key: make(chan struct{}, 1),
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := refuser("outdated")
			_ = refusedBy(t, f, store, token.ErrBadCredentials)
			for range 3 {
				err := refusedBy(t, f, store, token.ErrBadCredentials)
				if !strings.Contains(err.Error(), "another process") {
					t.Errorf("%v: does not say who met the refusal", err)
				}
			}
			f.counts(t, 1, 0)
			f.set(func(f *server) { f.secret, f.password = "changed", nil })
			s := token.NewSource(f, token.WithStore(store, cluster))
			defer s.Close()
			got := mustToken(t, s)
			if !got.Refusal.IsZero() {
				t.Error("a caller sees the refusal")
			}
			f.counts(t, 2, 0)
			if entry, err := store.Load(t.Context(), cluster); err != nil || !entry.Refusal.IsZero() || entry.Access.IsZero() {
				t.Errorf("after the login the entry holds the refusal, or no token (%v)", err)
			}
		})
	}
}

func TestRow10_SharedRefusalEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := refuser("outdated")
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		for range 60 { // the Source that met it never sends it again
			if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Fatal(err)
			}
			elapse(time.Minute)
		}
		f.counts(t, 1, 0)
		_ = refusedBy(t, f, store, token.ErrBadCredentials) // the others try it again some day
		f.counts(t, 2, 0)
		elapse(14 * time.Minute)
		_ = refusedBy(t, f, store, token.ErrBadCredentials)
		f.counts(t, 2, 0)
	})
}

// Who was told of a refusal and did not meet it himself tries again when it is over:
// what was wrong may have become right at the server.
func TestRow10_SharedRefusalEndsForWhoWasTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f := refuser("not there yet")
		_ = refusedBy(t, f, store, token.ErrBadCredentials)
		told := token.NewSource(f, token.WithStore(store, cluster))
		defer told.Close()
		for range 14 {
			if _, err := told.Token(t.Context()); !errors.Is(err, token.ErrBadCredentials) {
				t.Fatal(err)
			}
			elapse(time.Minute)
		}
		f.counts(t, 1, 0)
		if f.asked != 2 {
			t.Errorf("the credentials were looked at %d times, want once by each", f.asked)
		}
		f.set(func(f *server) { f.password = nil })
		elapse(time.Minute)
		access(t, told)
		f.counts(t, 2, 0)
	})
}

// The times are those of the reader's clock, though a file holds them in UTC.
func TestSharedRefusalTellsLocalTimes(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("", 5*60*60)
	defer func() { time.Local = zone }()
	synctest.Test(t, func(t *testing.T) { // where it is midnight, in UTC
		store := token.NewCache(cacheFolder(t))
		f := refuser("outdated")
		_ = refusedBy(t, f, store, token.ErrBadCredentials)
		err := refusedBy(t, f, store, token.ErrBadCredentials)
		if text := err.Error(); !strings.Contains(text, "05:00:00") || !strings.Contains(text, "05:15:00") {
			t.Errorf("%v: want 05:00:00 and 05:15:00", err)
		}
	})
}

func TestRow10_LockoutIsSharedThroughTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f := newServer(5 * time.Minute)
		until := time.Now().Add(2 * time.Minute)
		f.password, f.refuse = &token.LockedOutError{Until: until}, token.ErrRefreshRejected
		put(t, store, cluster, "dead", time.Now().Add(-time.Minute))
		for range 8 {
			err := refusedBy(t, f, store, token.ErrLockedOut)
			var locked *token.LockedOutError
			if !errors.As(err, &locked) || !locked.Until.Equal(until) {
				t.Errorf("got %v, want the time of the lock's end", err)
			}
			elapse(10 * time.Second)
		}
		f.counts(t, 1, 1)
		if kept(t, store, cluster) != "access-dead" {
			t.Error("the refusal took the place of the session")
		}
		elapse(time.Minute)
		f.set(func(f *server) { f.password = nil })
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		if got := access(t, s); got != "access-1" {
			t.Errorf("after the lock: %q", got)
		}
	})
}

// Who logs in beside a Source hears what the store knows, as long as it counts.
func TestLastRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := refuser("outdated")
		_ = refusedBy(t, f, store, token.ErrBadCredentials)
		s := token.NewSource(f, token.WithStore(store, cluster))
		defer s.Close()
		last, err := s.LastRefusal(t.Context())
		if err != nil || !errors.Is(last.Check("outdated"), token.ErrBadCredentials) || last.Check("changed") != nil {
			t.Errorf("got %v, %v, want the refusal of one password", last.Check("outdated"), err)
		}
		elapse(16 * time.Minute)
		if last, err := s.LastRefusal(t.Context()); err != nil || !last.IsZero() {
			t.Errorf("got %v after its end, want none", err)
		}
		f.set(func(f *server) { f.password = &token.LockedOutError{Until: time.Now().Add(time.Minute)} })
		_ = refusedBy(t, f, store, token.ErrLockedOut)
		if _, err := s.LastRefusal(t.Context()); !errors.Is(err, token.ErrLockedOut) {
			t.Errorf("got %v, want the lockout", err)
		}
		elapse(2 * time.Minute)
		if last, err := s.LastRefusal(t.Context()); err != nil || !last.IsZero() {
			t.Errorf("got %v after the lock, want none", err)
		}
	})
}

// A session of its own that is good goes on, whatever others were refused.
func TestRow10_RefusalOfOthersLeavesAGoodSessionAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		access(t, s)
		if err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) { return token.Token{}, nil }); err != nil {
			t.Fatal(err) // somebody logged out
		}
		_ = refusedBy(t, refuser("outdated"), store, token.ErrBadCredentials)
		elapse(6 * time.Minute)
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 1, 1)
	})
}

// A refusal that is dated after the present counts for nothing: the clock was set
// back, and nobody knows by how much.
func TestRow15_RefusalFromTheFutureIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
			year := time.Now().Add(365 * 24 * time.Hour)
			return token.Token{Refusal: token.Refusal{At: year, Until: year.Add(time.Hour)}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		access(t, s)
	})
}

// A form without room for a refusal, such as a vendor's, is not written for one.
func TestRow14_VendorsFileIsNotWrittenForARefusal(t *testing.T) {
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
			f := refuser("outdated")
			f.refuse = token.ErrRefreshRejected
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

// An entry of a release that knew no refusals loads.
func TestRow13_EntryWithoutRefusalLoads(t *testing.T) {
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

func TestRow17_RefusalHidesTheCredentials(t *testing.T) {
	const plain = "planted-password"
	dir := cacheFolder(t)
	err := refusedBy(t, refuser(plain), token.NewCache(dir), token.ErrBadCredentials)
	entry, loadErr := token.NewCache(dir).Load(t.Context(), cluster)
	if loadErr != nil || entry.Refusal.Check(plain) == nil {
		t.Fatalf("the refusal was not kept (%v)", loadErr)
	}
	data, readErr := os.ReadFile(cacheFile(dir, cluster))
	if readErr != nil {
		t.Fatal(readErr)
	}
	told := refusedBy(t, refuser(plain), token.NewCache(dir), token.ErrBadCredentials)
	printed := fmt.Sprintf("%v %+v %#v %v %+v %#v %v %+v %#v", err, err, err, told, told, told, entry, entry, entry)
	assertHidden(t, printed+string(data), plain)
	assertHidden(t, printed, entry.Refusal.Credentials.Reveal())
	if err := entry.Refusal.Check("another"); err != nil {
		t.Errorf("another password: %v", err)
	}
}

func TestRow04_AdoptedTokenSaysSo(t *testing.T) {
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
