package token_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow22_IdleSourceHasNoGoroutine(t *testing.T) {
	f := newServer(time.Hour)
	s := token.NewSource(f)
	access(t, s)
	goleak.VerifyNone(t) // and it is never closed
}

func TestRow22_CloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		f.password = errUnavailable
		s := token.NewSource(f)
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
			t.Errorf("who waited got %v", err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("Close took %v", waited)
		}
		if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		f.counts(t, 1, 0)
		s.Close()
	})
}

func TestRow22_ClosedSourceHandsOutNoGoodTokenEither(t *testing.T) {
	s := token.NewSource(newServer(time.Hour))
	access(t, s)
	s.Close()
	if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestRow22_CloseLetsARefreshFinishThatTheServerHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		f := newServer(5 * time.Minute)
		f.delay = 2 * time.Second
		s := token.NewSource(f, token.WithStore(store, cluster))
		access(t, s)
		elapse(4*time.Minute + 50*time.Second)
		access(t, s) // refreshes early
		synctest.Wait()
		s.Close()
		if got := kept(t, store, cluster); got != "access-2" {
			t.Errorf("the store holds %q: the server's new refresh token is lost", got)
		}
	})
}

func TestRow23_LogoutDuringRefreshKeepsNothing(t *testing.T) {
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
					return token.Token{Access: token.NewSecret("late")}, nil
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
					t.Errorf("who waited got %v", err)
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

func TestRow23_LogoutDoesNotWriteBackWhatItDidNotWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewCache(cacheFolder(t))
		answer := make(chan struct{})
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			<-answer
			return token.Token{Access: token.NewSecret("late")}, nil
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

func TestRow23_LogoutRemovesTheEntry(t *testing.T) {
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

func TestRow24_ChanceIsInjected(t *testing.T) {
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

func TestRow24_FilesLieWhereTheCallerSaid(t *testing.T) {
	home := ownFolder(t)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	t.Setenv("TMPDIR", home)
	t.Setenv("WEKA_TOKEN", filepath.Join(home, "env-token.json"))
	dir := cacheFolder(t)
	s := token.NewSource(newServer(0), token.WithStore(token.NewCache(dir), cluster))
	defer s.Close()
	access(t, s)
	if entries, _ := os.ReadDir(home); len(entries) != 0 {
		t.Errorf("something was written elsewhere: %v", entries)
	}
	if _, err := os.Stat(cacheFile(dir, cluster)); err != nil {
		t.Error(err)
	}
}

func TestRow25_HooksSeeTheLifeOfASession(t *testing.T) {
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
		f.set(func(f *server) { f.refuse, f.password = token.ErrRefreshRejected, token.ErrNoCredentials })
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

func TestRow25_EventsCarryNoToken(t *testing.T) {
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

func TestRow02_LateRefusalsOfOneTokenCostOneRefresh(t *testing.T) {
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
