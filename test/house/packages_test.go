package house_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goFiles returns the Go files of a folder without its tests.
func goFiles(t *testing.T, folder string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range all {
		if !strings.HasSuffix(file, "_test.go") {
			found = append(found, file)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no Go files", folder)
	}
	return found
}

// No file in gen/ is written by hand.
func TestGenHasGeneratedFilesOnly(t *testing.T) {
	for _, folder := range []string{"gen/wekaapi", "gen/ngeneaapi"} {
		entries, err := os.ReadDir(filepath.Join(root, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if entry.IsDir() || !strings.HasSuffix(name, ".gen.go") && !strings.HasSuffix(name, ".yaml") {
				t.Errorf("%s/%s is neither generated nor a configuration of the generator", folder, name)
			}
		}
		for _, file := range goFiles(t, folder) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if first, _, _ := bytes.Cut(text, []byte("package ")); !bytes.Contains(first, []byte("DO NOT EDIT.")) {
				t.Errorf("%s does not say that it is generated", file)
			}
		}
	}
}

var product = regexp.MustCompile(`(?i)weka|ngenea|\bhub\b`)

// Packages that serve both products name neither in identifiers or literals. Comments may
// give examples.
func TestSharedPackagesNameNoProduct(t *testing.T) {
	for _, folder := range []string{
		"overlay/call", "overlay/token", "overlay/transport", "overlay/wait", "overlay/internal/connect", "overlay/internal/pages", "overlay/internal/simulator",
	} {
		for _, file := range goFiles(t, folder) {
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(node ast.Node) bool {
				text := ""
				switch node := node.(type) {
				case *ast.Ident:
					text = node.Name
				case *ast.BasicLit:
					text = node.Value
				}
				if product.MatchString(text) {
					t.Errorf("%s names a product: %s", set.Position(node.Pos()), text)
				}
				return true
			})
		}
	}
}
