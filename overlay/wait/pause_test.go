package wait_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

// The first look is at once; the pauses grow by half up to the longest one, and are
// shortened by up to a half.
func TestPausesGrow(t *testing.T) {
	for _, test := range []struct{ first, longest, from, to time.Duration }{
		{0, 0, 500 * time.Millisecond, 10 * time.Second},
		{time.Second, 4 * time.Second, time.Second, 4 * time.Second},
		{20 * time.Second, 0, 20 * time.Second, 20 * time.Second},
		{20 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second},
	} {
		bubble(t, []string{"CREATING"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.First, poll.Longest, poll.Bound = test.first, test.longest, time.Hour
			_, _ = wait.For(t.Context(), poll)
			interval := test.from
			for i := range 20 {
				pause := s.at[i+1] - s.at[i]
				if pause < interval/2 || pause > interval {
					t.Errorf("%+v: pause %d of %v, want %v to %v", test, i, pause, interval/2, interval)
				}
				interval = min(interval*3/2, test.to)
			}
			if s.at[0] != 0 {
				t.Errorf("the first look is after %v", s.at[0])
			}
		})
	}
}

// Two waits that begin together do not stay in step.
func TestPausesDiffer(t *testing.T) {
	var looks [2][]time.Duration
	for i := range looks {
		bubble(t, []string{"CREATING"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			_, _ = wait.For(t.Context(), poll)
			looks[i] = s.at
		})
	}
	if slices.Equal(looks[0], looks[1]) {
		t.Errorf("both looked at %v", looks[0])
	}
}

// Whatever a caller asks for, a server is not hammered: nobody looks more than ten
// times a second, at the end of the wait neither.
func TestServerIsNotHammered(t *testing.T) {
	for _, interval := range []time.Duration{1, time.Millisecond, 100 * time.Millisecond, time.Second} {
		bubble(t, []string{"CREATING", "!busy", "CREATING"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.First, poll.Longest = interval, interval
			_, _ = wait.For(t.Context(), poll)
			for i := range s.at[1:] {
				if pause := s.at[i+1] - s.at[i]; pause < 100*time.Millisecond {
					t.Errorf("%v: a pause of %v", interval, pause)
				}
			}
			if len(s.at) > 600 {
				t.Errorf("%v: %d looks in a minute", interval, len(s.at))
			}
		})
	}
}

// What comes about shortly before the end is seen: the looks come closer.
func TestLooksComeCloserTowardsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		got, err := wait.For(t.Context(), wait.Poll[time.Duration]{
			Bound: time.Minute, First: 40 * time.Second, Longest: 40 * time.Second,
			Get: func(context.Context) (time.Duration, error) { return time.Since(begin), nil },
			State: func(since time.Duration) (string, wait.Outcome) {
				if since >= 59*time.Second {
					return "READY", wait.Done
				}
				return "CREATING", wait.Running
			},
		})
		if err != nil {
			t.Errorf("got %v, %v", got, err)
		}
	})
}
