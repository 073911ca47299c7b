package token_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

func TestRow15_ExpiryCountsFromTheStartOfTheRequest(t *testing.T) {
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

func TestRow15_TimesHaveNoMonotonicReading(t *testing.T) {
	s := token.NewSource(newServer(5 * time.Minute)) // outside of a bubble, whose clock has none
	defer s.Close()
	got := mustToken(t, s)
	if text := fmt.Sprint(got.Issued, got.Expiry); strings.Contains(text, "m=") {
		t.Errorf("a time carries a monotonic reading: %s", text)
	}
}

func TestRow15_PointInTimeIsAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(0)
		f.reply = &token.Token{Access: token.NewSecret("a"), Expiry: time.Now().Add(time.Hour)}
		s := token.NewSource(f)
		defer s.Close()
		if got := mustToken(t, s); got.Lifetime != time.Hour {
			t.Errorf("lifetime %v", got.Lifetime)
		}
		f.set(func(f *server) { f.reply.Expiry = time.Now().Add(-time.Hour) }) // the server's clock is behind
		elapse(2 * time.Hour)
		for range 10 {
			access(t, s)
		}
		f.counts(t, 2, 0)
	})
}

// clock is a wall clock that can be set, running at the pace of time.Now.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Round(0).Add(c.ahead) }

func TestRow15_ClockJumpsCostOneRefresh(t *testing.T) {
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

func TestRow15_SmallCorrectionsOfTheClockCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newServer(5 * time.Minute)
		var wall clock
		s := token.NewSource(f, token.WithClock(wall.now))
		defer s.Close()
		access(t, s)
		wall.ahead = -30 * time.Second
		access(t, s)
		synctest.Wait()
		f.counts(t, 1, 0)
	})
}

func TestRow15_JWTTimesAreReadAsHints(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.c2ln"
	issued, expiry := token.JWTTimes(token.NewSecret(jwt))
	if issued.Unix() != 1700000000 || expiry.Sub(issued) != time.Hour {
		t.Errorf("issued %v, expiry %v", issued, expiry)
	}
	for _, none := range []string{"", "opaque", "a.b", "a.!.c", "a.e30.c", "a.eyJleHAiOjFlMzAwfQ.c"} {
		if issued, expiry := token.JWTTimes(token.NewSecret(none)); !issued.IsZero() || !expiry.IsZero() {
			t.Errorf("%q: issued %v, expiry %v", none, issued, expiry)
		}
	}
}
