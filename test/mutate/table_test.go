package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is that of the repository, from the folder in which tests run.
const root = "../.."

func committedTable(t *testing.T) table {
	t.Helper()
	all, err := readTable()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryRowHasAMutation(t *testing.T) {
	const rows = 25
	var got []int
	for _, r := range committedTable(t) {
		got = append(got, r.Row)
		if r.Demand == "" || len(r.Mutations) == 0 {
			t.Errorf("row %d lacks its demand or a mutation", r.Row)
		}
	}
	var want []int
	for i := range rows {
		want = append(want, i+1)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are %v, want 1 to %d in order", got, rows)
	}
}

// Whoever changes a line that a mutation changes gets to know it here, not the day
// that somebody tries the mutants.
func TestEveryMutationApplies(t *testing.T) {
	for _, m := range committedTable(t).mutations() {
		path := filepath.Join(root, m.Package, m.File)
		source, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("row %d: %v", m.Row, err)
			continue
		}
		mutant, ok := m.apply(string(source))
		if !ok {
			t.Errorf("row %d: %q stands %d times in %s/%s, want once", m.Row, m.Old, strings.Count(string(source), m.Old), m.Package, m.File)
			continue
		}
		if m.Old == m.New || strings.Contains(m.Old+m.New, "\n") {
			t.Errorf("row %d: %q is no change of one line", m.Row, m.Old)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), path, mutant, parser.SkipObjectResolution); err != nil {
			t.Errorf("row %d: the mutant is no Go: %v", m.Row, err)
		}
	}
}

func TestEveryNamedTestExists(t *testing.T) {
	tests := map[string][]string{} // by package
	for _, m := range committedTable(t).mutations() {
		if tests[m.Package] == nil {
			tests[m.Package] = testsOf(t, filepath.Join(root, m.Package))
		}
		if !slices.Contains(tests[m.Package], m.Test) {
			t.Errorf("row %d: %s has no %s", m.Row, m.Package, m.Test)
		}
		if prefix := fmt.Sprintf("TestRow%02d_", m.Row); !strings.HasPrefix(m.Test, prefix) {
			t.Errorf("row %d: the name of %s does not begin with %s", m.Row, m.Test, prefix)
		}
	}
}

func testsOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Recv == nil {
				names = append(names, function.Name.Name)
			}
		}
	}
	return names
}

func TestReadmeIsUpToDate(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != committedTable(t).markdown() {
		t.Error("README.md does not show the table: go run ./test/mutate -readme")
	}
}
