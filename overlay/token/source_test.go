package token_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestHotPathAllocatesNothing(t *testing.T) {
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

func TestHotPathDoesNotWaitForTheLock(t *testing.T) {
	var ahead atomic.Int64 // by how much the clock is
	inside, leave := make(chan struct{}), make(chan struct{})
	s := token.NewSource(newServer(5*time.Minute),
		token.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }),
		token.WithRandom(func() float64 {
			if ahead.Load() > 0 { // the second token is here, and about to be published under the lock
				close(inside)
				<-leave
			}
			return 0
		}))
	defer s.Close()
	access(t, s)
	ahead.Store(int64(4*time.Minute + 30*time.Second))
	access(t, s) // starts a refresh in the background
	<-inside
	got := make(chan string, 1)
	go func() { got <- access(t, s) }()
	select {
	case text := <-got:
		if text != "access-1" {
			t.Errorf("got %q", text)
		}
	case <-time.After(10 * time.Second):
		t.Error("a caller whose token is good waits for the lock")
	}
	close(leave)
}

// BenchmarkToken measures the hot path with one goroutine, BenchmarkToken64 with 64 that
// share a Source. Neither may allocate, and the time of a call, multiplied by the number
// of cores, must not grow with the number of goroutines.
func BenchmarkToken(b *testing.B) {
	s := benchmarkSource(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Token(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToken64(b *testing.B) {
	s := benchmarkSource(b)
	b.ReportAllocs()
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Token(context.Background()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func benchmarkSource(b *testing.B) *token.Source {
	b.Helper()
	s := token.NewSource(newServer(time.Hour))
	b.Cleanup(s.Close)
	if _, err := s.Token(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

func TestInvalidateAffectsOnlyTheTokenSent(t *testing.T) {
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

func TestInvalidateBeforeTheFirstToken(t *testing.T) {
	f, s := newSession(t, 5*time.Minute)
	s.Invalidate(&token.Token{Access: api.NewSecret("access-1")})
	access(t, s)
	f.counts(t, 1, 0)
}

func TestInvalidateComparesByValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := token.NewSource(newServer(5 * time.Minute))
		defer s.Close()
		mustToken(t, s)
		s.Invalidate(&token.Token{Access: api.NewSecret("access-1")})
		if got := access(t, s); got != "access-2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestEarlyRefreshWindow(t *testing.T) {
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
					t.Errorf("in the window the caller got %q, not the valid token", got)
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

func TestJitterIsInjected(t *testing.T) {
	for _, random := range []float64{0, 0.5, 0.999} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newSession(t, 5*time.Minute, token.WithRandom(func() float64 { return random }))
			access(t, s)
			window := time.Duration(float64(time.Minute) * (1 - 0.25*random))
			elapse(5*time.Minute - window - time.Second)
			access(t, s)
			synctest.Wait()
			f.counts(t, 1, 0)
			elapse(time.Second + time.Millisecond)
			access(t, s)
			synctest.Wait()
			f.counts(t, 1, 1)
		})
	}
}

func TestUnknownExpiryIsNeverRefreshed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 0)
		for range 20 {
			access(t, s)
			elapse(365 * 24 * time.Hour)
		}
		f.counts(t, 1, 0)
	})
}

func TestClockJumpCausesOneRefresh(t *testing.T) {
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

func TestSmallClockCorrectionCausesNoRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		var wall clock
		s := token.NewSource(f, token.WithClock(wall.now))
		defer s.Close()
		access(t, s)
		wall.ahead = -time.Minute
		access(t, s)
		synctest.Wait()
		f.counts(t, 1, 0)
	})
}

func TestStaticTokenIsNeverRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := token.NewStaticSource(token.Token{
			Access: api.NewSecret("long-lived"), Issued: time.Now(), Expiry: time.Now().Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		elapse(48 * time.Hour)
		got := mustToken(t, s) // only the server decides
		s.Invalidate(&token.Token{Access: api.NewSecret("another")})
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

func TestIdleSourceHasNoGoroutine(t *testing.T) {
	f := newServer(time.Hour)
	s := token.NewSource(f)
	access(t, s)
	goleak.VerifyNone(t) // and it is never closed
}

func TestCloseEndsWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.loginErr = errUnavailable
		var seen recorder
		s := token.NewSource(f, token.WithHook(seen.hook))
		_, _ = s.Token(t.Context())
		waiting := make(chan error)
		go func() {
			_, err := s.Token(t.Context()) // waits the pause out
			waiting <- err
		}()
		synctest.Wait()
		start := time.Now()
		s.Close()
		if err := <-waiting; !errors.Is(err, token.ErrClosed) {
			t.Errorf("the waiting caller got %v", err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("Close took %v", waited)
		}
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		f.counts(t, 1, 0)
		if got := seen.String(); got != "started > failed" {
			t.Errorf("events: %s, want none of the wait that Close ended", got)
		}
		s.Close()
	})
}

func TestClosedSourceReturnsNoValidToken(t *testing.T) {
	s := token.NewSource(newServer(time.Hour))
	access(t, s)
	s.Close()
	if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestLogoutWinsOverClose(t *testing.T) {
	end := map[string]func(*token.Source) error{
		"close":  func(s *token.Source) error { s.Close(); return nil },
		"logout": func(s *token.Source) error { return s.Logout(context.Background()) },
	}
	for _, order := range [][2]string{{"close", "logout"}, {"logout", "close"}} {
		_, s := newSession(t, time.Hour)
		for _, step := range order {
			if err := end[step](s); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrLoggedOut) {
			t.Errorf("%v: got %v", order, err)
		}
	}
}

func TestCloseWaitsForASentRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := newServer(5 * time.Minute)
		f.delay = 2 * time.Second
		var seen recorder
		s := token.NewSource(f, token.WithStore(store, cluster), token.WithHook(seen.hook))
		access(t, s)
		elapse(4*time.Minute + 50*time.Second)
		access(t, s) // refreshes early
		synctest.Wait()
		s.Close()
		if got := seen.String(); got != "started > logged in > started > refreshed" {
			t.Errorf("events: %s", got)
		}
		if got := kept(t, store, cluster); got != "access-2" {
			t.Errorf("the store holds %q: the server's new refresh token is lost", got)
		}
	})
}

func TestLogoutDuringRenewalStoresNothing(t *testing.T) {
	for _, obeys := range []bool{true, false} {
		t.Run(fmt.Sprintf("authority that obeys its context %v", obeys), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := token.NewCache(cacheFolder(t))
				answer := make(chan struct{})
				s := token.NewSource(token.LoginFunc(func(ctx context.Context) (token.Token, error) {
					if obeys {
						<-ctx.Done()
						return token.Token{}, ctx.Err()
					}
					<-answer
					return token.Token{Access: api.NewSecret("late")}, nil
				}), token.WithStore(store, cluster))
				waiting := make(chan error)
				go func() {
					_, err := s.Token(t.Context())
					waiting <- err
				}()
				synctest.Wait()
				out := make(chan error)
				go func() { out <- s.Logout(t.Context()) }()
				synctest.Wait()
				close(answer)
				if err := <-waiting; !errors.Is(err, token.ErrLoggedOut) || !errors.Is(err, token.ErrSessionEnded) {
					t.Errorf("the waiting caller got %v", err)
				}
				if err := <-out; err != nil {
					t.Errorf("Logout: %v", err)
				}
				if got := kept(t, store, cluster); got != "" {
					t.Errorf("the store holds %q", got)
				}
				if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrLoggedOut) {
					t.Errorf("after Logout: %v", err)
				}
			})
		})
	}
}

func TestLogoutThatDoesNotWaitStoresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		answer := make(chan struct{})
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			<-answer
			return token.Token{Access: api.NewSecret("late")}, nil
		}), token.WithStore(store, cluster))
		go func() { _, _ = s.Token(t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Logout(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Logout: %v", err)
		}
		close(answer)
		s.Close()
		if got := kept(t, store, cluster); got != "" {
			t.Errorf("the store holds %q", got)
		}
	})
}

func TestLogoutRemovesTheEntry(t *testing.T) {
	dir := cacheFolder(t)
	s := token.NewSource(newServer(0), token.WithStore(token.NewCache(dir), cluster))
	access(t, s)
	if err := s.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cacheFile(dir, cluster)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there (%v)", err)
	}
}

// A nil context is an error; a login in a goroutine of its own would end the program. A nil
// option counts as none.
func TestNilContext(t *testing.T) {
	f, s := newSession(t, time.Hour, token.WithStore(token.NewCache(cacheFolder(t)), cluster), nil)
	var none context.Context
	_, waiting := s.Token(none)
	_, unknown := s.LastRejection(none)
	for _, err := range []error{waiting, unknown, s.Logout(none)} {
		if err == nil {
			t.Error("a nil context is accepted")
		}
	}
	f.counts(t, 0, 0)
}
