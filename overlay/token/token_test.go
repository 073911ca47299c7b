package token_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestMalformedReplyChangesNothing(t *testing.T) {
	for name, reply := range map[string]token.Token{
		"no access token":   {Refresh: api.NewSecret("refresh-x")},
		"negative lifetime": {Access: api.NewSecret("access-x"), Lifetime: token.LifetimeFromSeconds(-1)},
		"line break":        {Access: api.NewSecret("access-x\r\nHost: elsewhere")},
		"not ASCII":         {Access: api.NewSecret("access-é")},
		"unsafe scheme":     {Access: api.NewSecret("access-x"), Scheme: "Bearer\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, 5*time.Minute, noJitter())
				access(t, s)
				f.set(func(f *server) { f.reply = &reply })
				elapse(4*time.Minute + time.Second)
				for range 2 {
					if got := access(t, s); got != "access-1" {
						t.Fatalf("a malformed reply replaced the valid token by %q", got)
					}
					synctest.Wait()
				}
				elapse(time.Minute)
				if _, err := s.Token(t.Context()); !errors.Is(err, token.ErrMalformed) {
					t.Errorf("got %v", err)
				}
				f.set(func(f *server) { f.reply = nil })
				if got := access(t, s); got != "access-2" {
					t.Errorf("after a valid reply: %q", got)
				}
				for _, sent := range f.sent {
					if sent != "refresh-1" {
						t.Errorf("%q of a malformed reply was sent", sent)
					}
				}
			})
		})
	}
}

func TestUnlimitedLifetimes(t *testing.T) {
	for name, seconds := range map[string]float64{"absent or zero": 0, "enormous": 1e300, "past int64 in nanoseconds": 1e10} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, s := newSession(t, token.LifetimeFromSeconds(seconds))
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

func TestUnsafeTokenIsRejected(t *testing.T) {
	for _, unsafe := range []string{"hush\nhusher", "hush a", "hush\x00", "hüsh", "hush\x7f"} {
		_, err := token.NewStaticSource(token.Token{Access: api.NewSecret(unsafe)})
		if !errors.Is(err, token.ErrMalformed) {
			t.Errorf("%q gave %v", unsafe, err)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error shows the token: %v", err)
		}
	}
}

func TestAuthorizationScheme(t *testing.T) {
	for scheme, want := range map[string]string{"": "Bearer abc", "Api-Key": "Api-Key abc"} {
		s, err := token.NewStaticSource(token.Token{Access: api.NewSecret("abc"), Scheme: scheme})
		if err != nil {
			t.Fatal(err)
		}
		if got := mustToken(t, s).Authorization(); got != want {
			t.Errorf("scheme %q: %q", scheme, got)
		}
		s.Close()
	}
}

func TestExpiryCountsFromTheStartOfTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newSession(t, 5*time.Minute)
		f.delay = 20 * time.Second
		start := time.Now()
		got := mustToken(t, s)
		if want := start.Add(5 * time.Minute); !got.Expiry.Equal(want) {
			t.Errorf("expires %v after the request began", got.Expiry.Sub(start))
		}
	})
}

func TestTimesHaveNoMonotonicReading(t *testing.T) {
	s := token.NewSource(newServer(5 * time.Minute)) // outside of a bubble, whose clock has none
	defer s.Close()
	got := mustToken(t, s)
	if text := fmt.Sprint(got.Issued, got.Expiry); strings.Contains(text, "m=") {
		t.Errorf("a time has a monotonic reading: %s", text)
	}
}

func TestExpiryOfAnAuthorityIsAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(0)
		f.reply = &token.Token{Access: api.NewSecret("a"), Expiry: time.Now().Add(time.Hour)}
		s := token.NewSource(f)
		defer s.Close()
		if got := mustToken(t, s); got.Lifetime != time.Hour {
			t.Errorf("lifetime %v", got.Lifetime)
		}
		f.set(func(f *server) { f.reply.Expiry = time.Now().Add(-time.Hour) }) // the clock of the server is behind
		elapse(2 * time.Hour)
		for range 10 {
			access(t, s)
		}
		f.counts(t, 2, 0)
	})
}

func TestStoredTimesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := token.NewMemoryStore()
		for _, far := range []time.Time{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2270, 1, 1, 0, 0, 0, 0, time.UTC)} {
			put(t, store, cluster, "far", far)
			f := newServer(0)
			s := token.NewSource(f, token.WithStore(store, cluster))
			for range 3 {
				if got := access(t, s); got != "access-far" {
					t.Errorf("got %q", got)
				}
				synctest.Wait()
			}
			f.counts(t, 0, 0)
			s.Close()
		}
	})
}

func TestLoginFuncIsCalledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := token.NewSource(token.LoginFunc(func(context.Context) (token.Token, error) {
			asked++
			return token.Token{Access: api.NewSecret(fmt.Sprint("given-", asked)), Refresh: api.NewSecret("ignored")}, nil
		}))
		defer s.Close()
		s.Invalidate(mustToken(t, s))
		if got := access(t, s); got != "given-2" {
			t.Errorf("got %q", got)
		}
	})
}

func TestJWTTimes(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.c2ln"
	issued, expiry := token.JWTTimes(api.NewSecret(jwt))
	if issued.Unix() != 1700000000 || expiry.Sub(issued) != time.Hour {
		t.Errorf("issued %v, expiry %v", issued, expiry)
	}
	for _, none := range []string{"", "opaque", "a.b", "a.!.c", "a.e30.c", "a.eyJleHAiOjFlMzAwfQ.c"} {
		if issued, expiry := token.JWTTimes(api.NewSecret(none)); !issued.IsZero() || !expiry.IsZero() {
			t.Errorf("%q: issued %v, expiry %v", none, issued, expiry)
		}
	}
}

// FuzzJWTTimes checks that the times of any text fit nanoseconds in an int64.
func FuzzJWTTimes(f *testing.F) {
	for _, seed := range []string{
		"eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.c2ln",
		"a.eyJleHAiOi0xfQ.c", "a.eyJleHAiOjFlMzAwfQ.c", "a.eyJleHAiOm51bGx9.c", "a.bnVsbA.c", "..", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, access string) {
		for _, at := range func() []time.Time { a, b := token.JWTTimes(api.NewSecret(access)); return []time.Time{a, b} }() {
			if !at.IsZero() && (at.Before(time.Unix(0, 0)) || !time.Unix(0, at.UnixNano()).Equal(at)) {
				t.Fatalf("%q: %v", access, at)
			}
		}
	})
}
