package token_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

var cluster = token.Identity{System: "weka", Endpoints: []string{"https://weka01:14000"}, User: "admin"}

// cacheFolder is a folder that the store has to make.
func cacheFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "parent", "cache") }

func cacheFile(dir string, id token.Identity) string { return filepath.Join(dir, id.Key()+".json") }

// put stores a pair called name.
func put(t *testing.T, store token.Store, id token.Identity, name string, expiry time.Time) {
	t.Helper()
	err := store.Update(t.Context(), id, func(token.Token) (token.Token, error) {
		return token.Token{
			Access: token.NewSecret("access-" + name), Refresh: token.NewSecret("refresh-" + name), Expiry: expiry,
		}, nil
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func kept(t *testing.T, store token.Store, id token.Identity) string {
	t.Helper()
	got, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return got.Access.Reveal()
}

func TestRow12_SecondProcessAdoptsWhatTheFirstRefreshed(t *testing.T) {
	for name, store := range map[string]func() token.Store{
		"memory": func(m token.Store) func() token.Store { return func() token.Store { return m } }(token.NewMemoryStore()),
		"file":   func(dir string) func() token.Store { return func() token.Store { return token.NewCache(dir) } }(cacheFolder(t)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newServer(5 * time.Minute)
				f.delay = time.Second
				put(t, store(), cluster, "old", time.Now().Add(-time.Minute))
				var wg sync.WaitGroup
				for range 8 {
					wg.Go(func() { // a source with a store of its own stands for a process
						s := token.NewSource(f, token.WithStore(store(), cluster))
						defer s.Close()
						if got := access(t, s); got != "access-1" {
							t.Errorf("got %q", got)
						}
					})
				}
				wg.Wait()
				f.counts(t, 0, 1)
			})
		})
	}
}

func TestRow12_NewProcessGoesOnWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		put(t, store, cluster, "kept", time.Now().Add(time.Hour))
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		got := mustToken(t, s)
		f.counts(t, 0, 0)
		put(t, store, cluster, "by-another", time.Time{}) // another process renewed it
		s.Invalidate(got)
		if got := access(t, s); got != "access-by-another" {
			t.Errorf("got %q", got)
		}
		f.counts(t, 0, 0)
	})
}

func TestRow12_NewSessionInTheStoreEndsAVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		f.password = token.ErrNoCredentials
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrNoCredentials) {
			t.Fatal(err)
		}
		put(t, store, cluster, "by-the-cli", time.Time{})
		elapse(time.Second)
		if got := access(t, s); got != "access-by-the-cli" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRow12_LockWaitObeysTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		release := make(chan struct{})
		held := make(chan struct{})
		go func() {
			_ = store.Update(t.Context(), cluster, func(current token.Token) (token.Token, error) {
				close(held)
				<-release
				return current, nil
			})
		}()
		<-held
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := store.Update(ctx, cluster, func(token.Token) (token.Token, error) {
			t.Error("two hold the lock")
			return token.Token{}, nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 4*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster), token.WithTimeout(5*time.Second))
		if _, err := s.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a source that waits for the lock: %v", err)
		}
		f.counts(t, 0, 0)
		close(release)
		access(t, s)
	})
}

func TestRow12_LockFileStays(t *testing.T) {
	dir := cacheFolder(t)
	store := token.NewCache(dir)
	put(t, store, cluster, "1", time.Time{})
	lock := cacheFile(dir, cluster) + ".lock"
	before, err := os.Stat(lock)
	if err != nil {
		t.Fatal(err)
	}
	put(t, store, cluster, "2", time.Time{})
	s := token.NewSource(newServer(0), token.WithStore(store, cluster))
	if err := s.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(lock)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the lock file was replaced or removed (%v)", err)
	}
}
