package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// duration leaves the padding, so that the alignment shows.
var duration = regexp.MustCompile(`  \d\.\d\d s`)

// playAll plays the steps and gives what was printed, without durations.
func playAll(terminal bool, steps ...step) (held bool, out string) {
	var text strings.Builder
	p := newPrinter(&text)
	p.terminal = terminal
	held = play(context.Background(), p, part{"Things", steps})
	return held, duration.ReplaceAllString(text.String(), "")
}

func holds(context.Context) (string, error) { return "well", nil }

func TestPlay(t *testing.T) {
	failing := func(context.Context) (string, error) { return "", errors.New("two\nlines\x1b[2J") }
	reached := false
	held, out := playAll(false,
		step{"a", nil, failing},
		step{"needs a", []string{"a"}, func(context.Context) (string, error) { reached = true; return "", nil }},
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

// A step that hangs is given a context that ends.
func TestStepLimit(t *testing.T) {
	playAll(false, step{"a", nil, func(ctx context.Context) (string, error) {
		if _, limited := ctx.Deadline(); !limited {
			t.Error("the step has no limit")
		}
		return "", nil
	}})
}

// One sum over all parts, as the last line; a step needs what its own part has.
func TestParts(t *testing.T) {
	var text strings.Builder
	failing := func(context.Context) (string, error) { return "", errors.New("x") }
	held := play(t.Context(), newPrinter(&text),
		part{"First", []step{{"a", nil, failing}}},
		part{"Second", []step{{"a", nil, holds}, {"needs a", []string{"a"}, holds}}})
	const want = "First\n\n✗ a         x\n\nSecond\n\n✓ a         well\n✓ needs a   well\n\n2 of 3 steps held\n"
	if out := duration.ReplaceAllString(text.String(), ""); held || out != want {
		t.Errorf("held: %v, got\n%s\nwant\n%s", held, out, want)
	}
}

// What the steps need comes before them, by names that differ.
func TestOrder(t *testing.T) {
	for _, one := range []part{new(wekaStory).part(), new(hubStory).part(), new(wekaTour).part(), new(hubTour).part()} {
		before := map[string]bool{}
		for _, s := range one.steps {
			for _, need := range s.needs {
				if !before[need] {
					t.Errorf("%s: %q needs %q, which is no step before it", one.title, s.name, need)
				}
			}
			if before[s.name] {
				t.Errorf("%s: two steps are named %q", one.title, s.name)
			}
			before[s.name] = true
		}
	}
}
