package token_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// brokenStore is a store that fails before it calls change.
type brokenStore struct {
	*token.MemoryStore
	loading, locking error
}

func (b *brokenStore) Load(ctx context.Context, id token.Identity) (token.Token, error) {
	if b.loading != nil {
		return token.Token{}, b.loading
	}
	return b.MemoryStore.Load(ctx, id)
}

func (b *brokenStore) Update(ctx context.Context, id token.Identity, change func(token.Token) (token.Token, error)) error {
	if b.locking != nil {
		return b.locking
	}
	return b.MemoryStore.Update(ctx, id, change)
}

// wantLocalSession checks that s logs in and refreshes although its store cannot be used,
// and that the hook sees the reason once.
func wantLocalSession(t *testing.T, store token.Store, reason error) {
	t.Helper()
	var seen recorder
	f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster), token.WithHook(seen.hook))
	for range 3 {
		s.Invalidate(mustToken(t, s))
	}
	f.counts(t, 1, 2)
	if got := strings.Join(f.sent, " "); got != "refresh-1 refresh-2" {
		t.Errorf("refreshed with %s", got)
	}
	if got, want := seen.String(), "started > logged in > not stored > started > refreshed > started > refreshed"; got != want {
		t.Fatalf("events: %s\nwant:   %s", got, want)
	}
	if got := seen.events[2].Err; !errors.Is(got, reason) {
		t.Errorf("not stored because of %v, want %v", got, reason)
	}
}

// File systems without locks return these.
func TestFileSystemWithoutLocks(t *testing.T) {
	for _, reason := range []error{syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS} {
		dir := cacheFolder(t)
		store := token.WithLocks(token.NewCache(dir), func(func() (bool, error)) (bool, error) { return false, reason })
		wantLocalSession(t, store, reason)
		if got := kept(t, token.NewCache(dir), cluster); got != "" {
			t.Errorf("%q was stored without a lock", got)
		}
	}
}

func TestInterruptedLockIsTakenAgain(t *testing.T) {
	dir := cacheFolder(t)
	var tries atomic.Int32
	store := token.WithLocks(token.NewCache(dir), func(try func() (bool, error)) (bool, error) {
		if tries.Add(1) < 3 {
			return false, syscall.EINTR
		}
		return try()
	})
	_, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
	if got := access(t, s); got != kept(t, store, cluster) {
		t.Errorf("%q was not stored", got)
	}
}

func TestUnusableStoreDoesNotPreventALogin(t *testing.T) {
	reason := errors.New("connection refused")
	for name, broken := range map[string]brokenStore{
		"cannot be locked": {locking: reason}, "cannot be read or locked": {loading: reason, locking: reason},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broken.MemoryStore = token.NewMemoryStore()
				wantLocalSession(t, &broken, reason)
			})
		})
	}
}

// A store that can be read is used, and a session that others put there is adopted.
func TestStoreThatCanOnlyBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &brokenStore{MemoryStore: token.NewMemoryStore(), locking: syscall.EROFS}
		put(t, store.MemoryStore, cluster, "given", time.Now().Add(5*time.Minute))
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		for _, want := range []string{"access-given", "access-1", "access-2"} {
			if got := access(t, s); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			elapse(6 * time.Minute)
		}
		if got := strings.Join(f.sent, " "); got != "refresh-given refresh-1" {
			t.Errorf("refreshed with %s", got)
		}
		put(t, store.MemoryStore, cluster, "new", time.Now().Add(5*time.Minute))
		if got := access(t, s); got != "access-new" {
			t.Errorf("got %q, want that of the store", got)
		}
	})
}

// The session may be in the store, so that it is the store's error which counts.
func TestUnreadableStoreWithoutCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &brokenStore{token.NewMemoryStore(), syscall.EACCES, syscall.EACCES}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		f.loginErr = token.ErrNoCredentials
		if _, err := s.Token(t.Context()); !errors.Is(err, syscall.EACCES) || errors.Is(err, token.ErrNoCredentials) {
			t.Errorf("got %v", err)
		}
		if _, err := s.LastRejection(t.Context()); err != nil {
			t.Errorf("a login beside the source: %v", err)
		}
		store.loading, store.locking = nil, nil
		put(t, store, cluster, "later", time.Now().Add(5*time.Minute))
		if got := access(t, s); got != "access-later" {
			t.Errorf("got %q", got)
		}
	})
}

// A process without credentials, while others use the refresh token that it has: whether the
// session has ended is in the store.
func TestUnreadableStoreDoesNotEndASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &brokenStore{MemoryStore: token.NewMemoryStore()}
		put(t, store, cluster, "given", time.Now().Add(5*time.Minute))
		var seen recorder
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster), token.WithHook(seen.hook))
		f.loginErr, f.refreshErr = token.ErrNoCredentials, token.ErrRefreshRejected
		access(t, s)
		away := errors.New("connection refused")
		store.loading, store.locking = away, away
		elapse(6 * time.Minute)
		if _, err := s.Token(t.Context()); !errors.Is(err, away) || errors.Is(err, token.ErrSessionEnded) {
			t.Errorf("got %v", err)
		}
		if strings.Contains(seen.String(), "session ended") {
			t.Errorf("events: %v", &seen)
		}
		store.loading, store.locking = nil, nil
		put(t, store, cluster, "by-the-keeper", time.Now().Add(5*time.Minute))
		if got := access(t, s); got != "access-by-the-keeper" {
			t.Errorf("got %q", got)
		}
	})
}

// A store that was away has an entry that the Source has renewed since.
func TestOwnSessionIsNewerThanThatOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &brokenStore{MemoryStore: token.NewMemoryStore()}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		access(t, s)
		store.loading, store.locking = syscall.ECONNREFUSED, syscall.ECONNREFUSED
		for range 2 {
			elapse(6 * time.Minute)
			access(t, s)
		}
		store.loading, store.locking = nil, nil
		elapse(6 * time.Minute)
		if got := access(t, s); got != "access-4" || kept(t, store, cluster) != got {
			t.Errorf("got %q", got)
		}
		if got := strings.Join(f.sent, " "); got != "refresh-1 refresh-2 refresh-3" {
			t.Errorf("refreshed with %s", got)
		}
	})
}

func TestCloseEndsTheWaitForAnUnusableStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := hangingStore{token.NewMemoryStore()}
		f, s := newSession(t, 5*time.Minute, token.WithStore(store, cluster))
		go func() {
			elapse(time.Second)
			s.Close()
		}()
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrClosed) {
			t.Errorf("got %v", err)
		}
		f.counts(t, 0, 0)
	})
}

// hangingStore does not respond.
type hangingStore struct{ *token.MemoryStore }

func (hangingStore) Load(ctx context.Context, _ token.Identity) (token.Token, error) {
	<-ctx.Done()
	return token.Token{}, ctx.Err()
}

// A store that does not respond is left after the timeout.
func TestHangingStoreIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := newSession(t, 5*time.Minute, token.WithStore(hangingStore{token.NewMemoryStore()}, cluster))
		start := time.Now()
		access(t, s)
		if took := time.Since(start); took != token.DefaultTimeout {
			t.Errorf("took %v", took)
		}
	})
}
