package main

import (
	"strings"
	"testing"
)

const smallTests = `package sum

import "testing"

func TestSum(t *testing.T) {
	if Sum(1, 2) != 3 {
		t.Error("wrong")
	}
	_ = unseen()
}

func TestBroken(t *testing.T) { t.Error("always") }

func TestSkipped(t *testing.T) {
	if Sum(1, 2) != 3 {
		t.Skip("not today")
	}
}
`

// TestVerdicts tries mutants of a small module, of each kind one.
func TestVerdicts(t *testing.T) {
	w, err := emptyWorkspace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":          "module example.com/small\n\ngo 1.26.0\n",
		"sum/sum.go":      "package sum\n\nfunc Sum(a, b int) int { return a + b }\n\nfunc unseen() int { return 1 }\n",
		"sum/sum_test.go": smallTests,
	} {
		if err := w.write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	of := func(test, from, into string) mutation {
		return mutation{Row: 1, Package: "sum", Test: test, File: "sum.go", Old: from, New: into}
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
		of("TestSkipped", "a + b", "a - b"),
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
	const want = "caught, SURVIVED, does not apply, does not apply, does not compile, fails without it, fails without it, SURVIVED"
	if got := strings.Join(verdicts, ", "); got != want || !strings.HasSuffix(out.String(), "\n1 of 8 mutations caught\n") {
		t.Errorf("got %s\nof\n%s", got, &out)
	}
	source, err := w.tree.ReadFile("sum/sum.go")
	if err != nil || !strings.Contains(string(source), "a + b") {
		t.Errorf("a mutation was left in the copy: %q, %v", source, err)
	}
}
