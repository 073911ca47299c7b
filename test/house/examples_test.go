package house_test

import (
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// examplesOf are the examples of a package, by the names that documentation gives them.
func examplesOf(t *testing.T, p *listed) []*doc.Example {
	t.Helper()
	var found []*doc.Example
	for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, doc.Examples(tree)...)
	}
	return found
}

// An example whose output is not checked is compiled and never run.
func TestExamplesCheckTheirOutput(t *testing.T) {
	seen := 0
	for name, p := range ours(t) {
		for _, example := range examplesOf(t, p) {
			seen++
			if example.Output == "" {
				t.Errorf("%s: Example%s has no output to be checked", name, example.Name)
			}
		}
	}
	if seen < 15 {
		t.Errorf("%d examples were found", seen)
	}
}
