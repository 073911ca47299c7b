package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A short run has the rows that are promised, and writes them.
func TestTokenRows(t *testing.T) {
	rows, err := measureToken(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "results.json")
	var out strings.Builder
	if err := report(&out, path, rows); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var written []row
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"token: ns", "token: allocations", "token: 64 goroutines vs 1"} {
		if i >= len(written) || written[i].Name != name || written[i].Bound == "" || !strings.Contains(out.String(), name) {
			t.Fatalf("no row %q in %s\nor in\n%s", name, text, &out)
		}
	}
	if allocations := written[1]; allocations.Value != 0 || !allocations.Held {
		t.Errorf("got %+v, want no allocation", allocations)
	}
	for _, r := range []row{written[0], written[2]} {
		if r.Value <= 0 {
			t.Errorf("%s is %v", r.Name, r.Value)
		}
	}
}

func TestBoundDecides(t *testing.T) {
	if in, out := atMost("x", 1.2, "", 1.2), atMost("x", 1.21, "", 1.2); !in.Held || out.Held {
		t.Errorf("got %v, %v", in, out)
	}
}
