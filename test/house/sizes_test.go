package house_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Bounds of what is written by hand. A function fits a screen; the linter has the same
// bound. A file has one subject, whole.
const (
	longestFunction = 60
	longestFile     = 450
)

// sized is a file or a function with its lines.
type sized struct {
	name  string
	lines int
}

// Run it with -v for a list of the largest.
func TestSizes(t *testing.T) {
	var files, functions []sized
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".gen.go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, sized{filepath.ToSlash(name), bytes.Count(text, []byte("\n"))})
		functions = append(functions, functionsOf(filepath.ToSlash(name), text)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files were found", len(files))
	}
	judge(t, "file", files, longestFile)
	judge(t, "function", functions, longestFunction)
}

func functionsOf(name string, text []byte) []sized {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil // somebody is writing it; the compiler says more
	}
	var found []sized
	for _, declaration := range tree.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
			lines := set.Position(f.Body.Rbrace).Line - set.Position(f.Body.Lbrace).Line - 1
			found = append(found, sized{fmt.Sprintf("%s: %s", name, f.Name.Name), lines})
		}
	}
	return found
}

func judge(t *testing.T, what string, all []sized, bound int) {
	t.Helper()
	slices.SortFunc(all, func(a, b sized) int { return cmp.Or(cmp.Compare(b.lines, a.lines), cmp.Compare(a.name, b.name)) })
	for i, each := range all {
		if i < 5 {
			t.Logf("%s %s has %d lines", what, each.name, each.lines)
		}
		if each.lines > bound {
			t.Errorf("%s %s has %d lines, more than %d: it has more than one subject, or a reason to be told here", what, each.name, each.lines, bound)
		}
	}
}
