package wait_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

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
			t.Errorf("got %v, %v, %d tolerated in %d looks", got, err, e.Tolerated, e.Polls)
		}
		if !strings.Contains(err.Error(), "busy") || !strings.Contains(err.Error(), fmt.Sprintf("%d errors tolerated", e.Tolerated)) {
			t.Errorf("they are not told: %v", err)
		}
	})
}

// An error that was followed by a success is history.
func TestLastErrorIsForgotten(t *testing.T) {
	bubble(t, []string{"!busy", "ERROR"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		_, err := wait.For(t.Context(), poll)
		if e := asError(t, err); e.LastError != nil || e.Tolerated != 1 || errors.Is(err, errBusy) {
			t.Errorf("got %v, tolerated %d", err, e.Tolerated)
		}
	})
}

// Errors in a row are bounded; a success between them begins the row anew.
func TestToleranceIsOfErrorsInARow(t *testing.T) {
	row := slices.Repeat([]string{"!busy"}, 10)
	for _, test := range []struct {
		tolerance int
		answers   []string
		polls     int // 0 is success
	}{
		{0, slices.Concat(row, []string{"CREATING"}, row, []string{"READY"}), 0},
		{0, slices.Concat(row, row), 11},
		{2, []string{"!busy", "!busy", "CREATING", "!busy", "!busy", "READY"}, 0},
		{2, []string{"!busy", "!busy", "!busy", "READY"}, 3},
	} {
		bubble(t, test.answers, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.Bound, poll.Tolerance = time.Hour, test.tolerance
			_, err := wait.For(t.Context(), poll)
			if test.polls == 0 {
				if err != nil {
					t.Errorf("%v: %v", test.answers, err)
				}
				return
			}
			if e := asError(t, err); !errors.Is(err, errBusy) || errors.Is(err, wait.ErrTimeout) || len(s.at) != test.polls || e.Tolerated != test.polls-1 {
				t.Errorf("%v: got %v after %d looks", test.answers, err, len(s.at))
			}
		})
	}
}

// Without OnError every error ends the wait, and one that OnError does not know does.
func TestOtherErrorsEndTheWait(t *testing.T) {
	for name, onError := range map[string]func(error, bool) wait.Outcome{"nil": nil, "failed": tolerant} {
		bubble(t, []string{"!gone"}, func(t *testing.T, s *script, poll wait.Poll[*job]) {
			poll.OnError = onError
			got, err := wait.For(t.Context(), poll)
			if e := asError(t, err); !errors.Is(err, errGone) || e.Seen || got != nil || len(s.at) != 1 {
				t.Errorf("%s: got %v, %v after %d looks", name, got, err, len(s.at))
			}
			if strings.Count(err.Error(), errGone.Error()) != 1 {
				t.Errorf("%s: told twice: %v", name, err)
			}
		})
	}
}

// What is gone after it was seen has ended, if the caller says so.
func TestGoneAfterItWasSeen(t *testing.T) {
	bubble(t, []string{"CREATING", "!gone"}, func(t *testing.T, _ *script, poll wait.Poll[*job]) {
		got, err := wait.For(t.Context(), poll)
		if err != nil || got == nil || got.State != "CREATING" {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// Control characters of a server's state do not break the line.
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
