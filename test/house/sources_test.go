package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is what the Go files of a folder import, those for another platform or behind a
// build tag too, which a listing by the go command leaves out.
type source struct {
	code, tests []string // the paths that the package imports, and its tests
}

// sources are the folders outside test/ that have Go files, those of nested modules too,
// by their paths from the root.
func sources(t *testing.T) map[string]*source {
	t.Helper()
	found := map[string]*source{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch name = filepath.ToSlash(name); {
		case entry.IsDir() && (name == "test" || entry.Name() == "testdata" || name != "." && strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		return readImports(found, path, filepath.ToSlash(filepath.Dir(name)))
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 15 {
		t.Fatalf("only %d folders with Go files were found", len(found))
	}
	return found
}

func readImports(found map[string]*source, file, folder string) error {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	if found[folder] == nil {
		found[folder] = new(source)
	}
	into := &found[folder].code
	if strings.HasSuffix(file, "_test.go") {
		into = &found[folder].tests
	}
	for _, each := range tree.Imports {
		path, err := strconv.Unquote(each.Path.Value)
		if err != nil {
			return err
		}
		if !slices.Contains(*into, path) {
			*into = append(*into, path)
		}
	}
	return nil
}
