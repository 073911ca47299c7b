package wait_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

// job is what the tests wait for; its secret shows in no error.
type job struct{ State, Secret string }

var (
	errBusy = errors.New("busy")
	errGone = errors.New("gone")
)

// script is a server whose answers are one a look, the last one for ever. A text
// that begins with ! is an error.
type script struct {
	answers []string
	at      []time.Duration // when it was looked at
	begin   time.Time
}

func (s *script) get(ctx context.Context) (*job, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.at = append(s.at, time.Since(s.begin))
	answer := s.answers[min(len(s.at), len(s.answers))-1]
	switch answer {
	case "!busy":
		return nil, fmt.Errorf("look %d: %w", len(s.at), errBusy)
	case "!gone":
		return nil, errGone
	}
	return &job{State: answer, Secret: "s3cret"}, nil
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

// tolerant puts up with a busy server, and takes a job that is gone after it was
// seen for one that ended.
func tolerant(err error, seen bool) wait.Outcome {
	switch {
	case errors.Is(err, errBusy):
		return wait.Running
	case errors.Is(err, errGone) && seen:
		return wait.Done
	}
	return wait.Failed
}

// bubble runs a test in fake time against a script of answers.
func bubble(t *testing.T, answers []string, test func(t *testing.T, s *script, poll wait.Poll[*job])) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: answers, begin: time.Now()}
		test(t, s, wait.Poll[*job]{Bound: time.Minute, Get: s.get, State: judge, OnError: tolerant})
	})
}

// asError gives the typed error and checks that it prints in one line without what
// was seen.
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
		t.Errorf("it shows what was seen: %v", err)
	}
	return e
}

func TestDoneAtOnce(t *testing.T) {
	bubble(t, []string{"READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		got, err := wait.For(t.Context(), poll)
		if err != nil || got.State != "READY" || !slices.Equal(s.at, []time.Duration{0}) {
			t.Errorf("got %v, %v, looked at %v", got, err, s.at)
		}
	})
}

// A state that nobody knows goes on, and every change of state is told, the first
// state and the last one included.
func TestUnknownStatesGoOn(t *testing.T) {
	bubble(t, []string{"CREATING", "CREATING", "POLISHING", "CREATING", "READY"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
		var told []string
		poll.OnChange = func(j *job) { told = append(told, j.State) }
		got, err := wait.For(t.Context(), poll)
		if err != nil || got.State != "READY" || len(s.at) != 5 {
			t.Errorf("got %v, %v after %d looks", got, err, len(s.at))
		}
		if want := []string{"CREATING", "POLISHING", "CREATING", "READY"}; !slices.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
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

// A state that failed is told even when the time was over as it came.
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
