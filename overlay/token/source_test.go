package token_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

var errUnavailable = errors.New("503 Service Unavailable")

func TestRow01_HotPathTakesNoLockAndNoMemory(t *testing.T) {
	f, s := newSession(t, time.Hour)
	access(t, s)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			for range 1000 {
				if _, err := s.Token(context.Background()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	f.counts(t, 1, 0)
	if allocs := testing.AllocsPerRun(1000, func() { _, _ = s.Token(context.Background()) }); allocs != 0 {
		t.Errorf("%v allocations a call, want 0", allocs)
	}
}

// countingStore counts the renewals, each of which looks into the store once.
type countingStore struct {
	*token.MemoryStore
	loads atomic.Int32
}

func (c *countingStore) Load(ctx context.Context, id token.Identity) (token.Token, error) {
	c.loads.Add(1)
	return c.MemoryStore.Load(ctx, id)
}

func TestRow02_OneRefreshForEverybodyAtExpiry(t *testing.T) {
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

func TestRow03_LeaderThatLeavesHarmsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.delay = 2 * time.Second
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the leader got %v", err)
			}
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("the leader left after %v, not at its deadline", waited)
			}
		})
		synctest.Wait()
		if got := access(t, s); got != "access-1" {
			t.Errorf("the follower got %q", got)
		}
		wg.Wait()
		f.counts(t, 1, 0)
	})
}

func TestRow03_RenewalHasItsOwnTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, token.WithTimeout(10*time.Second))
		f.delay = time.Hour
		start := time.Now()
		if _, err := s.Token(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a server that hangs gave %v", err)
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("waited %v", waited)
		}
		f.set(func(f *server) { f.delay = 0 })
		access(t, s)
	})
}

func TestRow03_RenewalThatDiesReleasesItsWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dies := true
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			if dies {
				runtime.Goexit()
			}
			return token.Token{Access: token.NewSecret("alive")}, nil
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

func TestRow04_InvalidatesOnlyTheTokenSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		slow := mustToken(t, s)
		s.Invalidate(slow)
		if got := access(t, s); got != "access-2" {
			t.Fatalf("after its 401 the token is %q", got)
		}
		s.Invalidate(slow) // another request's late answer to the same token
		if got := access(t, s); got != "access-2" {
			t.Errorf("a late 401 to an old token brought %q", got)
		}
		f.counts(t, 1, 1)
		s.Invalidate(nil)
		s.Invalidate(&token.Token{})
		f.counts(t, 1, 1)
	})
}

func TestRow04_InvalidatesByValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := token.NewSource(newServer(5 * time.Minute))
		defer s.Close()
		mustToken(t, s)
		s.Invalidate(&token.Token{Access: token.NewSecret("access-1")})
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRow06_WindowFollowsTheLifetime(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, test := range []struct {
		lifetime, longest, window time.Duration
	}{
		{time.Second, token.DefaultEarlyRefresh, 200 * time.Millisecond},
		{3 * time.Second, token.DefaultEarlyRefresh, 600 * time.Millisecond},
		{300 * time.Second, token.DefaultEarlyRefresh, time.Minute},
		{time.Hour, token.DefaultEarlyRefresh, 5 * time.Minute},
		{time.Hour, time.Minute, time.Minute},
		{30 * 24 * time.Hour, token.DefaultEarlyRefresh, 5 * time.Minute},
		{year, token.DefaultEarlyRefresh, 5 * time.Minute},
	} {
		t.Run(test.lifetime.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, test.lifetime, token.WithEarlyRefresh(test.longest), noJitter())
				access(t, s)
				elapse(test.lifetime - test.window - 1)
				access(t, s)
				synctest.Wait()
				f.counts(t, 1, 0)
				elapse(1)
				if got := access(t, s); got != "access-1" {
					t.Errorf("in the window the caller got %q, not the good token", got)
				}
				synctest.Wait()
				f.counts(t, 1, 1)
				if got := access(t, s); got != "access-2" {
					t.Errorf("after the early refresh: %q", got)
				}
			})
		})
	}
}

func TestRow06_UnknownExpiryIsNeverEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 0)
		for range 20 {
			access(t, s)
			elapse(365 * 24 * time.Hour)
		}
		f.counts(t, 1, 0)
	})
}

func TestRow06_EarlyIsAsynchronousAndExpiredBlocks(t *testing.T) {
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
			t.Errorf("a caller with a good token waited %v", waited)
		}
		elapse(10 * time.Minute)
		start = time.Now()
		access(t, s)
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("a caller without a good token waited %v, want the server's 2s", waited)
		}
		f.counts(t, 1, 2)
	})
}

func TestRow07_FailedEarlyRefreshKeepsTheGoodToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute, noJitter())
		access(t, s)
		f.set(func(f *server) { f.refuse = errUnavailable })
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
		f.set(func(f *server) { f.refuse = nil })
		if got := access(t, s); got != "access-2" {
			t.Errorf("once the server is back: %q", got)
		}
	})
}

func TestRow07_CallersWithoutATokenShareThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.password = errUnavailable
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
		f.set(func(f *server) { f.password = nil })
		access(t, s)
		if waited := time.Since(began); waited > 5*time.Second {
			t.Errorf("the pause is %v, want 5s at most", waited)
		}
	})
}
