package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerdicts tries mutants of a small module, of each kind one.
func TestVerdicts(t *testing.T) {
	w := &workspace{tree: t.TempDir(), temp: t.TempDir()}
	for name, text := range map[string]string{
		"go.mod":          "module example.com/small\n\ngo 1.26.0\n",
		"sum/sum.go":      "package sum\n\nfunc Sum(a, b int) int { return a + b }\n\nfunc unseen() int { return 1 }\n",
		"sum/sum_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(1, 2) != 3 {\n\t\tt.Error()\n\t}\n\t_ = unseen()\n}\n\nfunc TestBroken(t *testing.T) { t.Error() }\n",
	} {
		path := filepath.Join(w.tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	of := func(test, old, new string) mutation {
		return mutation{Row: 1, Package: "sum", Test: test, File: "sum.go", Old: old, New: new}
	}
	var out strings.Builder
	good, err := try(t.Context(), []mutation{
		of("TestSum", "a + b", "a - b"),
		of("TestSum", "return 1", "return 2"),
		of("TestSum", "func", "function"),
		of("TestSum", "a * b", "a - b"),
		of("TestSum", "a + b", "a + c"),
		of("TestBroken", "a + b", "a - b"),
		of("TestAbsent", "a + b", "a - b"),
	}, []*workspace{w}, &out)
	if good || err != nil {
		t.Errorf("got %v, %v", good, err)
	}
	var verdicts []string
	for line := range strings.Lines(out.String()) {
		if _, rest, found := strings.Cut(line, "  Test"); found {
			_, v, _ := strings.Cut(rest, " ")
			verdicts = append(verdicts, strings.TrimSpace(v))
		}
	}
	const want = "caught, SURVIVED, does not apply, does not apply, does not compile, fails without it, fails without it"
	if got := strings.Join(verdicts, ", "); got != want || !strings.HasSuffix(out.String(), "\n1 of 7 mutations caught\n") {
		t.Errorf("got %s\nof\n%s", got, &out)
	}
	source, err := os.ReadFile(filepath.Join(w.tree, "sum", "sum.go"))
	if err != nil || !strings.Contains(string(source), "a + b") {
		t.Errorf("a mutation was left in the copy: %q, %v", source, err)
	}
}
