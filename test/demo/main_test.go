package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"WEKA_HOST", "NGENEA_URL"} { // whoever tests has some, the tests have none
		_ = os.Unsetenv(name)
	}
	goleak.VerifyTestMain(m)
}

// ran is what one run of the program left.
type ran struct {
	status          int
	out, complaints string
}

func runDemo(ctx context.Context, arguments ...string) ran {
	var out, complaints strings.Builder
	status := run(ctx, arguments, &out, &complaints)
	return ran{status, out.String(), complaints.String()}
}

func (r ran) lines() []string { return strings.Split(strings.TrimSuffix(r.out, "\n"), "\n") }

// linesWith counts the lines of a run, whatever they were written to, that hold a text.
func linesWith(r ran, text string) (n int) {
	for line := range strings.Lines(r.complaints + r.out) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func TestHelp(t *testing.T) {
	for _, argument := range []string{"-h", "--help"} {
		got := runDemo(t.Context(), argument)
		if got.status != 0 || got.complaints != "" {
			t.Errorf("%s: got status %d, %q", argument, got.status, got.complaints)
		}
		for _, name := range []string{"WEKA_HOST", "WEKA_PASSWORD", "WEKA_TOKEN", "WEKA_CA_FILE", "NGENEA_URL", "NGENEA_CLIENT_KEY", "NGENEA_CA_FILE"} {
			if !strings.Contains(got.out, name) {
				t.Errorf("%s does not tell of %s", argument, name)
			}
		}
	}
}

func TestUnknownArgument(t *testing.T) {
	for _, argument := range []string{"--fast", "weka"} {
		got := runDemo(t.Context(), argument)
		if got.status != 2 || got.out != "" || strings.Count(got.complaints, "\n") != 1 {
			t.Errorf("%s: got %+v, want status 2 and one line", argument, got)
		}
	}
}
