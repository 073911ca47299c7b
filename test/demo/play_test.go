package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
)

// duration does not match the padding, so that the tests check the alignment.
var duration = regexp.MustCompile(`  \d\.\d\d s`)

// playAll plays the steps and returns the output without durations.
func playAll(terminal bool, steps ...step) (held bool, out string) {
	var text strings.Builder
	p := newPrinter(&text)
	p.terminal = terminal
	held = play(context.Background(), p, part{"Things", steps})
	return held, duration.ReplaceAllString(text.String(), "")
}

func holds(context.Context) string { return "well" }

func TestPlay(t *testing.T) {
	failing := func(context.Context) string { must.Hold(false, "two\nlines\x1b[2J"); return "" }
	reached := false
	held, out := playAll(false,
		step{"a", nil, failing},
		step{"needs a", []string{"a"}, func(context.Context) string { reached = true; return "" }},
		step{"needs what needs a", []string{"needs a"}, holds},
		step{"ünrelated", nil, holds},
	)
	const want = "Things\n\n" +
		"✗ a                    two lines [2J\n" +
		"– needs a             not reached\n" +
		"– needs what needs a  not reached\n" +
		"✓ ünrelated            well\n" +
		"\n1 of 4 steps held\n"
	if held || reached || out != want {
		t.Errorf("held: %v, reached: %v, got\n%s\nwant\n%s", held, reached, out, want)
	}
	if held, out := playAll(false, step{"a", nil, holds}); !held || !strings.HasSuffix(out, "\n1 of 1 steps held\n") {
		t.Errorf("held: %v, got %s", held, out)
	}
}

// The context of a step has a deadline.
func TestStepLimit(t *testing.T) {
	playAll(false, step{"a", nil, func(ctx context.Context) string {
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the step has no limit")
		}
		return ""
	}})
}

// The last line counts the steps of all parts. A step needs steps of its own part.
func TestParts(t *testing.T) {
	var text strings.Builder
	failing := func(context.Context) string { must.Hold(false, "x"); return "" }
	held := play(t.Context(), newPrinter(&text),
		part{"First", []step{{"a", nil, failing}}},
		part{"Second", []step{{"a", nil, holds}, {"needs a", []string{"a"}, holds}}})
	const want = "First\n\n✗ a         x\n\nSecond\n\n✓ a         well\n✓ needs a   well\n\n2 of 3 steps held\n"
	if out := duration.ReplaceAllString(text.String(), ""); held || out != want {
		t.Errorf("held: %v, got\n%s\nwant\n%s", held, out, want)
	}
}

// The steps that a step needs come before it. Names are unique.
func TestOrder(t *testing.T) {
	for _, one := range []part{(&wekaStory{cluster: newCluster(t)}).part(), (&hubStory{hub: newHub(t)}).part(), wekaTour(nil), hubTour(nil)} {
		before := map[string]bool{}
		for _, s := range one.steps {
			for _, need := range s.needs {
				if !before[need] {
					t.Errorf("%s: %q needs %q, which is not a step before it", one.title, s.name, need)
				}
			}
			if before[s.name] {
				t.Errorf("%s: two steps are named %q", one.title, s.name)
			}
			before[s.name] = true
		}
	}
}

// On a terminal the outcome replaces the progress line, which has a bounded width.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		p := newPrinter(&text)
		p.terminal = true
		play(t.Context(), p, part{"Things", []step{{"wait", nil, func(ctx context.Context) string {
			states := []string{"CREATING", strings.Repeat("long ", 50), "READY"}
			must.Succeed(poll(ctx, p, time.Second, func(context.Context) (string, bool, error) {
				state := states[0]
				states = states[1:]
				return state, len(states) == 0, nil
			}))
			return "READY"
		}}}})
		lines := strings.Split(text.String(), eraseLine)
		if len(lines) != 5 || lines[1] != "· wait   0.00 s" || lines[2] != "· wait   0.00 s  CREATING" || lines[4] != "✓ wait   0.05 s  READY\n\n1 of 1 steps held\n" {
			t.Fatalf("got %q", lines)
		}
		if n := len([]rune(lines[3])); n != progressWidth {
			t.Errorf("a progress line of %d characters", n)
		}
	})
}

// The clock of the progress line runs while a step waits.
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
