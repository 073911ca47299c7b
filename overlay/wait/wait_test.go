package wait_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// job is what the tests wait for. Its secret must not be in an error.
type job struct{ State, Secret string }

var (
	errBusy = errors.New("busy")
	errGone = errors.New("gone")
)

// script is a server that answers each poll with the next state; the last one repeats. A
// state that begins with ! is an error.
type script struct {
	states []string
	at     []time.Duration // of each poll
	begin  time.Time
}

func (s *script) get(ctx context.Context) (*job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.at = append(s.at, time.Since(s.begin))
	state := s.states[min(len(s.at), len(s.states))-1]
	switch state {
	case "!busy":
		return nil, fmt.Errorf("poll %d: %w", len(s.at), errBusy)
	case "!gone":
		return nil, errGone
	}
	return &job{State: state, Secret: "s3cret"}, nil
}

func judge(j *job) (string, wait.Outcome) {
	switch j.State {
	case "READY":
		return j.State, wait.Done
	case "ERROR":
		return j.State, wait.Failed
	}
	return j.State, wait.Running
}

// tolerant tolerates a busy server, and counts a job that is gone after it was seen as
// done.
func tolerant(err error, seen bool) wait.Outcome {
	switch {
	case errors.Is(err, errBusy):
		return wait.Running
	case errors.Is(err, errGone) && seen:
		return wait.Done
	}
	return wait.Failed
}

// bubble runs a test with fake time against a script.
func bubble(t *testing.T, states []string, test func(t *testing.T, s *script, poll wait.Poll[*job])) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &script{states: states, begin: time.Now()}
		test(t, s, wait.Poll[*job]{Bound: time.Minute, Get: s.get, State: judge, OnError: tolerant})
	})
}

// asError returns the typed error and checks that it prints as one line without the value.
func asError(t *testing.T, err error) *wait.Error[*job] {
	t.Helper()
	var e *wait.Error[*job]
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want a *wait.Error", err, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		for _, value := range []any{err, *e} {
			if text := fmt.Sprintf(verb, value); text != err.Error() || strings.ContainsAny(text, "\r\n") {
				t.Errorf("%s prints %s", verb, text)
			}
		}
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("it shows the value: %v", err)
	}
	return e
}

func TestDoneAtOnce(t *testing.T) {
	bubble(t, []string{"READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		got, err := wait.For(t.Context(), poll)
		if err != nil || got.State != "READY" || !slices.Equal(s.at, []time.Duration{0}) {
			t.Errorf("got %v, %v, polled at %v", got, err, s.at)
		}
	})
}

// An unknown state continues the wait. Every change of state is reported, the first and the
// last included.
func TestUnknownStatesGoOn(t *testing.T) {
	bubble(t, []string{"CREATING", "CREATING", "POLISHING", "CREATING", "READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		var reported []string
		poll.OnChange = func(j *job) { reported = append(reported, j.State) }
		got, err := wait.For(t.Context(), poll)
		if err != nil || got.State != "READY" || len(s.at) != 5 {
			t.Errorf("got %v, %v after %d polls", got, err, len(s.at))
		}
		if want := []string{"CREATING", "POLISHING", "CREATING", "READY"}; !slices.Equal(reported, want) {
			t.Errorf("reported %v, want %v", reported, want)
		}
	})
}

func TestFailedStateIsATypedError(t *testing.T) {
	bubble(t, []string{"CREATING", "ERROR"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		got, err := wait.For(t.Context(), poll)
		e := asError(t, err)
		if !errors.Is(err, wait.ErrFailed) || errors.Is(err, wait.ErrTimeout) || got.State != "ERROR" || e.Last != got || e.State != "ERROR" || e.Polls != 2 {
			t.Errorf("got %v, %v", got, err)
		}
		if !strings.Contains(err.Error(), `"ERROR"`) {
			t.Errorf("the state is not named: %v", err)
		}
	})
}

// A final state counts even if the time was over when it arrived.
func TestFailedStateInTheLastMoment(t *testing.T) {
	for state, want := range map[string]error{"ERROR": wait.ErrFailed, "READY": nil, "CREATING": wait.ErrTimeout} {
		bubble(t, nil, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
			poll.Get = func(ctx context.Context) (*job, error) {
				<-ctx.Done()
				return &job{State: state}, nil
			}
			got, err := wait.For(t.Context(), poll)
			if !errors.Is(err, want) || (err == nil) != (want == nil) || got.State != state {
				t.Errorf("%s: got %v, %v", state, got, err)
			}
		})
	}
}

func TestTemporaryErrorsAreTolerated(t *testing.T) {
	bubble(t, []string{"!busy", "CREATING", "!busy", "!busy", "READY"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		if got, err := wait.For(t.Context(), poll); err != nil || got.State != "READY" {
			t.Errorf("got %v, %v", got, err)
		}
	})
	bubble(t, []string{"CREATING", "!busy"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		poll.Bound = 5 * time.Second
		got, err := wait.For(t.Context(), poll)
		e := asError(t, err)
		if !errors.Is(err, wait.ErrTimeout) || !errors.Is(err, errBusy) || got.State != "CREATING" || e.Tolerated == 0 || e.Polls != e.Tolerated+1 {
			t.Errorf("got %v, %v, %d tolerated in %d polls", got, err, e.Tolerated, e.Polls)
		}
		if !strings.Contains(err.Error(), "busy") || !strings.Contains(err.Error(), fmt.Sprintf("%d errors tolerated", e.Tolerated)) {
			t.Errorf("the errors are not mentioned: %v", err)
		}
	})
}

// An error is forgotten after a success.
func TestLastErrorIsForgotten(t *testing.T) {
	bubble(t, []string{"!busy", "ERROR"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		_, err := wait.For(t.Context(), poll)
		if e := asError(t, err); e.LastError != nil || e.Tolerated != 1 || errors.Is(err, errBusy) {
			t.Errorf("got %v, tolerated %d", err, e.Tolerated)
		}
	})
}

// Errors in a row are bounded; a success between them starts a new row.
func TestToleranceIsOfErrorsInARow(t *testing.T) {
	row := slices.Repeat([]string{"!busy"}, 10)
	for _, test := range []struct {
		tolerance int
		states    []string
		polls     int // 0 is success
	}{
		{0, slices.Concat(row, []string{"CREATING"}, row, []string{"READY"}), 0},
		{0, slices.Concat(row, row), 11},
		{2, []string{"!busy", "!busy", "CREATING", "!busy", "!busy", "READY"}, 0},
		{2, []string{"!busy", "!busy", "!busy", "READY"}, 3},
		{-1, slices.Concat(row, row, row, []string{"READY"}), 0},
	} {
		bubble(t, test.states, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.Bound, poll.Tolerance = time.Hour, test.tolerance
			_, err := wait.For(t.Context(), poll)
			if test.polls == 0 {
				if err != nil {
					t.Errorf("%v: %v", test.states, err)
				}
				return
			}
			if e := asError(t, err); !errors.Is(err, errBusy) || errors.Is(err, wait.ErrTimeout) || len(s.at) != test.polls || e.Tolerated != test.polls-1 {
				t.Errorf("%v: got %v after %d polls", test.states, err, len(s.at))
			}
		})
	}
}

// An error ends the wait if there is no OnError, or if OnError does not tolerate it.
func TestOtherErrorsEndTheWait(t *testing.T) {
	for name, onError := range map[string]func(error, bool) wait.Outcome{"nil": nil, "failed": tolerant} {
		bubble(t, []string{"!gone"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.OnError = onError
			got, err := wait.For(t.Context(), poll)
			if e := asError(t, err); !errors.Is(err, errGone) || e.Seen || got != nil || len(s.at) != 1 {
				t.Errorf("%s: got %v, %v after %d polls", name, got, err, len(s.at))
			}
			if strings.Count(err.Error(), errGone.Error()) != 1 {
				t.Errorf("%s: the error is repeated: %v", name, err)
			}
		})
	}
}

// OnError may count an object that is gone as done.
func TestGoneAfterItWasSeen(t *testing.T) {
	bubble(t, []string{"CREATING", "!gone"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		got, err := wait.For(t.Context(), poll)
		if err != nil || got == nil || got.State != "CREATING" {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// Control characters of a state or an error do not break the line.
func TestErrorIsOneLine(t *testing.T) {
	bubble(t, []string{"ERROR"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		poll.State = func(*job) (string, wait.Outcome) { return "a\nb\u2028c", wait.Failed }
		_, err := wait.For(t.Context(), poll)
		_ = asError(t, err)
	})
	bubble(t, nil, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		poll.Get = func(context.Context) (*job, error) { return nil, errors.New("a\r\nb") }
		_, err := wait.For(t.Context(), poll)
		_ = asError(t, err)
	})
}

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
				t.Errorf("bound %v: got %v, %v after %d polls", test.bound, got, err, len(s.at))
			}
			if e := new(wait.Error[*job]); !test.fits && (!errors.Is(err, wait.ErrNoBound) || !errors.As(err, &e) || e.Seen) {
				t.Errorf("bound %v: got %v", test.bound, err)
			}
		}
	})
}

// The wait ends exactly at the earlier of bound and deadline, with the last value.
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

// Cancellation ends the wait at once, in a pause and during a poll, and returns the last
// value.
func TestCancelReturnsTheLastValue(t *testing.T) {
	for name, hangs := range map[string]bool{"in a pause": false, "in a poll": true} {
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
				t.Errorf("%s: the cancellation counts as an error of the server: %v, %d", name, e.LastError, e.Tolerated)
			}
		})
	}
}

// With a cancelled context Get is not called.
func TestCancelledBefore(t *testing.T) {
	bubble(t, []string{"READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		got, err := wait.For(ctx, poll)
		if e := asError(t, err); !errors.Is(err, context.Canceled) || got != nil || e.Seen || len(s.at) != 0 {
			t.Errorf("got %v, %v after %d polls", got, err, len(s.at))
		}
	})
}

// The first poll is at once. The pauses grow by half up to the longest one, and are shortened
// by up to a half.
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
				t.Errorf("the first poll is after %v", s.at[0])
			}
		})
	}
}

// Two waits that begin together do not stay in step.
func TestPausesAreRandom(t *testing.T) {
	var polls [2][]time.Duration
	for i := range polls {
		bubble(t, []string{"CREATING"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			_, _ = wait.For(t.Context(), poll)
			polls[i] = s.at
		})
	}
	if slices.Equal(polls[0], polls[1]) {
		t.Errorf("both polled at %v", polls[0])
	}
}

// The error says of what, as text and as JSON, without the value.
func TestErrorSaysWhat(t *testing.T) {
	_, err := wait.For(t.Context(), wait.Poll[map[string]string]{
		What: "filesystem fs1", Bound: time.Second,
		Get:   func(context.Context) (map[string]string, error) { return map[string]string{"key": "s3cret"}, nil },
		State: func(map[string]string) (string, wait.Outcome) { return "REMOVING", wait.Failed },
	})
	if !strings.HasPrefix(err.Error(), `wait for filesystem fs1: it failed, last state "REMOVING"`) {
		t.Errorf("got %v", err)
	}
	written, failed := json.Marshal(err)
	if text := string(written); failed != nil || !strings.Contains(text, `"what":"filesystem fs1","state":"REMOVING","polls":1,"cause":"it failed"`) || strings.Contains(text, "s3cret") {
		t.Errorf("got %s, %v", text, failed)
	}
}

// Whatever intervals the caller gives, there are at most ten polls a second, also at the end
// of the wait.
func TestPollsHaveALeastPause(t *testing.T) {
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
				t.Errorf("%v: %d polls in a minute", interval, len(s.at))
			}
		})
	}
}

// The polls come closer towards the end, so that a late change is seen.
func TestPollsComeCloserTowardsTheEnd(t *testing.T) {
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
