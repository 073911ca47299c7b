package results_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/test/results"
)

func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	rows := []results.Row{
		results.AtLeast("goroutines", 9999, results.Count, 10000),
		results.AtMost("just held", 1.204, "", 1.2),
		results.AtMost("small", 0.00049, "share", 0.02),
		results.AtMost("just not held", 1.206, "ms", 1.2),
		results.Exactly("refreshes an expiry", 1, 1),
		results.Exactly("torn files", 1, 0),
		results.Reported("calls", 5, results.Count),
	}
	var out strings.Builder
	if err := results.Report(&out, path, rows); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []map[string]any{
		{"name": "goroutines", "value": 9999., "unit": "count", "bound": ">= 10000", "held": false},
		{"name": "just held", "value": 1.2, "unit": "", "bound": "<= 1.2", "held": true},
		{"name": "small", "value": 0.0005, "unit": "share", "bound": "<= 0.02", "held": true},
		{"name": "just not held", "value": 1.21, "unit": "ms", "bound": "<= 1.2", "held": false},
		{"name": "refreshes an expiry", "value": 1., "unit": "count", "bound": "= 1", "held": true},
		{"name": "torn files", "value": 1., "unit": "count", "bound": "= 0", "held": false},
		{"name": "calls", "value": 5., "unit": "count", "bound": "", "held": true},
	} {
		for name, value := range want {
			if got[i][name] != value || len(got[i]) != len(want) {
				t.Errorf("row %d: %s is %v, want %v", i, name, got[i][name], value)
			}
		}
		mark := map[any]string{true: "✓ ", false: "✗ "}[want["held"]]
		if !strings.HasPrefix(lines[i], mark+rows[i].Name) {
			t.Errorf("row %d is printed as %q", i, lines[i])
		}
	}
}
