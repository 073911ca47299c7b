package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// On a terminal the passing line is replaced by the outcome, and fits.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		p := newPrinter(&text)
		p.terminal = true
		play(t.Context(), p, part{"Things", []step{{"wait", nil, func(ctx context.Context) (string, error) {
			states := []string{"CREATING", strings.Repeat("long ", 50), "READY"}
			err := poll(ctx, p, time.Second, func(context.Context) (string, bool, error) {
				state := states[0]
				states = states[1:]
				return state, len(states) == 0, nil
			})
			return "READY", err
		}}}})
		lines := strings.Split(text.String(), eraseLine)
		if len(lines) != 5 || lines[1] != "· wait   0.00 s" || lines[2] != "· wait   0.00 s  CREATING" || lines[4] != "✓ wait   0.05 s  READY\n\n1 of 1 steps held\n" {
			t.Fatalf("got %q", lines)
		}
		if n := len([]rune(lines[3])); n != progressWidth {
			t.Errorf("a passing line of %d characters", n)
		}
	})
}

// The clock of the passing line goes on while a step waits.
func TestTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		p := newPrinter(&text)
		p.terminal = true
		p.begin("wait")
		p.progress("PENDING")
		time.Sleep(3*tickInterval + tickInterval/2)
		p.end("SUCCESS", nil, time.Since(p.began))
		time.Sleep(2 * tickInterval)
		for _, line := range []string{"· wait   0.00 s  PENDING", "· wait   0.30 s  PENDING"} {
			if !strings.Contains(text.String(), eraseLine+line+eraseLine) {
				t.Errorf("no line %q in %q", line, text.String())
			}
		}
		if !strings.HasSuffix(text.String(), "✓ wait   0.35 s  SUCCESS\n") {
			t.Errorf("got %q", text.String())
		}
	})
}

func TestPollEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPrinter(new(strings.Builder))
		forever := func(context.Context) (string, bool, error) { return "CREATING", false, nil }
		began := time.Now()
		err := poll(t.Context(), p, time.Second, forever)
		if err == nil || !strings.Contains(err.Error(), "CREATING") || time.Since(began) > time.Second+2*pollInterval {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		if err := poll(ctx, p, time.Second, forever); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		failure := errors.New("x")
		if err := poll(t.Context(), p, time.Second, func(context.Context) (string, bool, error) { return "", false, failure }); !errors.Is(err, failure) {
			t.Errorf("got %v, want %v", err, failure)
		}
	})
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 1 << 60: "1 EiB", 1<<63 - 1: "8 EiB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d: got %s, want %s", bytes, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	same := func(s string) string { return s }
	for want, all := range map[string][]string{
		"none":             nil,
		"1: a":             {"a"},
		"4: a, b, c, d":    {"a", "b", "c", "d"},
		"5: a, b, c, d, …": {"a", "b", "c", "d", "e"},
	} {
		if got := names(all, same); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := counts([]string{"UP", "DOWN", "UP"}, same); got != "3: 1 DOWN, 2 UP" {
		t.Errorf("got %q", got)
	}
}
