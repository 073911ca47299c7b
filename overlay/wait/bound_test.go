package wait_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

func TestBoundIsRequired(t *testing.T) {
	bubble(t, []string{"READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		soon, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, test := range []struct {
			deadline bool
			bound    time.Duration
			fits     bool
		}{
			{false, 0, false}, {false, -1, false}, {true, -1, false}, {true, 0, true}, {false, 1, true}, {true, 1, true},
		} {
			ctx := t.Context()
			if test.deadline {
				ctx = soon
			}
			s.at, poll.Bound = nil, test.bound
			got, err := wait.For(ctx, poll)
			if test.fits != (err == nil) || test.fits != (len(s.at) == 1) {
				t.Errorf("bound %v: got %v, %v after %d looks", test.bound, got, err, len(s.at))
			}
			if e := new(wait.Error[*job]); !test.fits && (!errors.Is(err, wait.ErrNoBound) || !errors.As(err, &e) || e.Seen) {
				t.Errorf("bound %v: got %v", test.bound, err)
			}
		}
	})
}

// Whichever end comes first is the end, exactly then, with what was seen last.
func TestTheEarlierEndCounts(t *testing.T) {
	for _, test := range []struct{ bound, deadline, want time.Duration }{
		{time.Minute, time.Hour, time.Minute},
		{time.Hour, time.Minute, time.Minute},
		{0, time.Minute, time.Minute},
	} {
		bubble(t, []string{"CREATING"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
			ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
			defer cancel()
			poll.Bound = test.bound
			begin := time.Now()
			got, err := wait.For(ctx, poll)
			e := asError(t, err)
			if !errors.Is(err, wait.ErrTimeout) || time.Since(begin) != test.want || e.Elapsed != test.want || got == nil || e.Last != got || e.State != "CREATING" {
				t.Errorf("%+v: got %v, %v after %v", test, got, err, time.Since(begin))
			}
			if ours := test.bound == time.Minute; errors.Is(err, context.DeadlineExceeded) == ours {
				t.Errorf("%+v: got %v; only the caller's own deadline is a context's error", test, err)
			}
		})
	}
}

// A cancel ends the wait at once, in a pause and in a look, and the last state comes
// with it.
func TestCancelReturnsTheLastState(t *testing.T) {
	for name, hangs := range map[string]bool{"in a pause": false, "in a look": true} {
		bubble(t, []string{"CREATING"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			ctx, cancel := context.WithCancel(t.Context())
			poll.First, poll.Bound = 10*time.Second, time.Hour
			if hangs {
				poll.Get = func(ctx context.Context) (*job, error) {
					if len(s.at) > 0 {
						<-ctx.Done()
					}
					return s.get(ctx)
				}
			}
			time.AfterFunc(12*time.Second, cancel)
			begin := time.Now()
			got, err := wait.For(ctx, poll)
			e := asError(t, err)
			if !errors.Is(err, context.Canceled) || errors.Is(err, wait.ErrTimeout) || got == nil || got.State != "CREATING" || e.Last != got || time.Since(begin) != 12*time.Second {
				t.Errorf("%s: got %v, %v after %v", name, got, err, time.Since(begin))
			}
			if e.LastError != nil || e.Tolerated != 0 {
				t.Errorf("%s: its own end counts as an error of the server: %v, %d", name, e.LastError, e.Tolerated)
			}
		})
	}
}

// A context that is over before it begins asks nothing.
func TestCancelledBefore(t *testing.T) {
	bubble(t, []string{"READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got, err := wait.For(ctx, poll)
		if e := asError(t, err); !errors.Is(err, context.Canceled) || got != nil || e.Seen || len(s.at) != 0 {
			t.Errorf("got %v, %v after %d looks", got, err, len(s.at))
		}
	})
}
