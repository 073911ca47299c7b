package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The program as `make demo` runs it: plain lines, each with a tick, and one sum.
func TestStoryHolds(t *testing.T) {
	t.Parallel()
	got := runDemo(t.Context())
	if got.status != 0 || got.complaints != "" {
		t.Errorf("status %d, %s", got.status, got.complaints)
	}
	lines := got.lines()
	if last := lines[len(lines)-1]; last != "38 of 38 steps held" {
		t.Errorf("the last line is %q", last)
	}
	if n := strings.Count(got.out, "\n✓ "); n != 38 || strings.ContainsAny(got.out, "\r\x1b✗–") {
		t.Errorf("%d ticks in\n%s", n, got.out)
	}
	wanted := regexp.MustCompile(`outlive two token expiries .* s  \d+ calls, 0 failed; [2-9] refreshes, still 1 login\n`)
	if n := len(wanted.FindAllString(got.out, -1)); n != 2 {
		t.Errorf("figures of the expiries from %d halves in\n%s", n, got.out)
	}
}

// transcript keeps what is printed, and does something once a line has been.
type transcript struct {
	text strings.Builder
	line string // its beginning
	then func()
}

func (t *transcript) Write(printed []byte) (int, error) {
	n, err := t.text.Write(printed)
	if t.then != nil && strings.HasPrefix(string(printed), t.line) {
		t.then()
	}
	return n, err
}

// tellHalf tells the half whose simulator is not nil, and calls then, unless it is nil,
// once the line is printed.
func tellHalf(ctx context.Context, cluster *wekatest.Server, hub *ngeneatest.Server, line string, then func()) (held bool, out string) {
	told := &transcript{line: line, then: then}
	held = tell(ctx, newPrinter(told), cluster, hub)
	return held, told.text.String()
}

// checkStory checks that a half of n steps did not hold, and has lines that begin so.
func checkStory(t *testing.T, held bool, out string, n int, want []string) {
	t.Helper()
	all := fmt.Sprintf(" of %d steps held\n", n)
	if held || !strings.HasSuffix(out, all) || strings.HasSuffix(out, fmt.Sprintf("\n%d%s", n, all)) {
		t.Errorf("held: %v", held)
	}
	for _, line := range want {
		if !strings.Contains(out, "\n"+line) {
			t.Errorf("no line %q", line)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}
