package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"WEKA_HOST", "NGENEA_URL"} { // the tests need them unset
		_ = os.Unsetenv(name)
	}
	goleak.VerifyTestMain(m)
}

// result is the outcome of one run of the program.
type result struct {
	status      int
	out, stderr string
}

func runDemo(ctx context.Context, arguments ...string) result {
	var out, stderr strings.Builder
	status := run(ctx, arguments, &out, &stderr)
	return result{status, out.String(), stderr.String()}
}

func (r result) lines() []string { return strings.Split(strings.TrimSuffix(r.out, "\n"), "\n") }

// linesWith counts the lines of both outputs that contain a text.
func linesWith(r result, text string) (n int) {
	for line := range strings.Lines(r.stderr + r.out) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func TestHelp(t *testing.T) {
	for _, argument := range []string{"-h", "--help"} {
		got := runDemo(t.Context(), argument)
		if got.status != 0 || got.stderr != "" {
			t.Errorf("%s: got status %d, %q", argument, got.status, got.stderr)
		}
		for _, name := range []string{"WEKA_HOST", "WEKA_PASSWORD", "WEKA_TOKEN", "WEKA_CA_FILE", "NGENEA_URL", "NGENEA_CLIENT_KEY", "NGENEA_CA_FILE"} {
			if !strings.Contains(got.out, name) {
				t.Errorf("%s does not explain %s", argument, name)
			}
		}
	}
}

func TestUnknownArgument(t *testing.T) {
	for _, argument := range []string{"--fast", "weka"} {
		got := runDemo(t.Context(), argument)
		if got.status != 2 || got.out != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: got %+v, want status 2 and one line", argument, got)
		}
	}
}

// The program runs as in `make demo`: plain lines with a tick each, and a last line.
func TestStoryHolds(t *testing.T) {
	t.Parallel()
	got := runDemo(t.Context())
	if got.status != 0 || got.stderr != "" {
		t.Errorf("status %d, %s", got.status, got.stderr)
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

// transcript keeps the output, and calls then after a line.
type transcript struct {
	text strings.Builder
	line string // its start
	then func()
}

func (t *transcript) Write(printed []byte) (int, error) {
	n, err := t.text.Write(printed)
	if t.then != nil && strings.HasPrefix(string(printed), t.line) {
		t.then()
	}
	return n, err
}

// runHalf runs the half whose simulator is not nil, and calls then, if it is not nil, after
// a line.
func runHalf(ctx context.Context, cluster *wekatest.Server, hub *ngeneatest.Server, line string, then func()) (held bool, out string) {
	printed := &transcript{line: line, then: then}
	held = runStory(ctx, newPrinter(printed), cluster, hub)
	return held, printed.text.String()
}

// checkStory checks that some of a half's n steps failed, and that it has lines with these
// starts.
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
