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

func TestLongestLifetime(t *testing.T) {
	const longest = 10 * 365 * 24 * time.Hour
	synctest.Test(t, func(t *testing.T) {
		_, s := newSession(t, longest)
		if got := mustToken(t, s); time.Until(got.Expiry) != longest {
			t.Errorf("expiry %v", got.Expiry)
		}
		_, s = newSession(t, longest+1)
		if got := mustToken(t, s); !got.Expiry.IsZero() {
			t.Errorf("expiry %v, want unlimited", got.Expiry)
		}
	})
}

// A server that states a shorter lifetime would get a login for each call.
func TestShortestLifetime(t *testing.T) {
	for _, seconds := range []float64{0.5, 1e-9, 1e-300} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newSession(t, token.LifetimeFromSeconds(seconds))
			f.noRefresh = true
			for range 1000 {
				access(t, s)
				elapse(10 * time.Millisecond)
			}
			if f.logins < 9 || f.logins > 14 {
				t.Errorf("%g s: %d logins in 10 s, want one a second", seconds, f.logins)
			}
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
	for scheme, want := range map[string]string{"": "Bearer !abc~", "Api-Key": "Api-Key !abc~"} {
		s, err := token.NewStaticSource(token.Token{Access: api.NewSecret("!abc~"), Scheme: scheme})
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
		f.set(func(f *server) { f.reply.Lifetime = time.Minute })
		s.Invalidate(mustToken(t, s))
		if got := mustToken(t, s); got.Lifetime != time.Minute {
			t.Errorf("lifetime %v, want that of the reply", got.Lifetime)
		}
		f.set(func(f *server) { f.reply.Lifetime, f.reply.Expiry = 0, time.Now().Add(-time.Hour) }) // the clock of the server is behind
		elapse(2 * time.Hour)
		for range 10 {
			access(t, s)
		}
		f.counts(t, 3, 0)
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

func TestStoredTimeOfIssueIsBounded(t *testing.T) {
	for _, year := range []int{1600, 9999} {
		synctest.Test(t, func(t *testing.T) {
			store := token.NewMemoryStore()
			err := store.Update(t.Context(), cluster, func(token.Token) (token.Token, error) {
				return token.Token{
					Access: api.NewSecret("kept"), Issued: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), Expiry: time.Now().Add(time.Hour),
				}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			f, s := newSession(t, 0, token.WithStore(store, cluster))
			for range 3 {
				access(t, s)
				synctest.Wait()
			}
			f.counts(t, 0, 0)
		})
	}
}

func TestTokenEquality(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	other := func(change func(*token.Token)) token.Token {
		changed := token.Token{
			Access: api.NewSecret("a"), Refresh: api.NewSecret("r"), Issued: at, Expiry: at,
			Rejection: token.Rejection{At: at, Until: at, Credentials: api.NewSecret("c")},
		}
		change(&changed)
		return changed
	}
	one := other(func(*token.Token) {})
	if !token.EqualTokens(one, other(func(t *token.Token) { t.Issued = at.In(time.FixedZone("", 3600)) })) {
		t.Error("another zone makes a difference")
	}
	for name, changed := range map[string]token.Token{
		"access":      other(func(t *token.Token) { t.Access = api.NewSecret("b") }),
		"refresh":     other(func(t *token.Token) { t.Refresh = api.NewSecret("b") }),
		"issued":      other(func(t *token.Token) { t.Issued = at.Add(1) }),
		"expiry":      other(func(t *token.Token) { t.Expiry = at.Add(1) }),
		"rejected at": other(func(t *token.Token) { t.Rejection.At = at.Add(1) }),
		"until":       other(func(t *token.Token) { t.Rejection.Until = at.Add(1) }),
		"credentials": other(func(t *token.Token) { t.Rejection.Credentials = api.NewSecret("b") }),
	} {
		if token.EqualTokens(one, changed) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestIsZero(t *testing.T) {
	if !(token.Token{Scheme: "Bearer", Issued: time.Now()}).IsZero() {
		t.Error("a token without secrets and rejection is not zero")
	}
	for _, kept := range []token.Token{
		{Access: api.NewSecret("a")}, {Refresh: api.NewSecret("r")}, {Rejection: token.Rejection{Until: time.Now()}},
	} {
		if kept.IsZero() {
			t.Errorf("%v is zero", kept)
		}
	}
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
	for _, none := range []string{"", "opaque", "a.b", "a.!.c", "a.e30.c", "a.eyJleHAiOjFlMzAwfQ.c", "a.eyJleHAiOjkwMDAwMDAwMDB9.c"} {
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
