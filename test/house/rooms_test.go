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

// goFiles are the Go files of a folder, those of its tests left out.
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

// gen/ has no line that is written by hand.
func TestGeneratedRoomsAreGenerated(t *testing.T) {
	for _, folder := range []string{"gen/wekaapi", "gen/ngeneaapi"} {
		entries, err := os.ReadDir(filepath.Join(root, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if entry.IsDir() || !strings.HasSuffix(name, ".gen.go") && !strings.HasSuffix(name, ".yaml") {
				t.Errorf("%s/%s is neither generated nor what generates it", folder, name)
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

// What serves both products knows neither: no name and no text of its code is about one.
// Comments may give examples.
func TestSharedRoomsKnowNoProduct(t *testing.T) {
	for _, folder := range []string{
		"overlay/call", "overlay/token", "overlay/transport", "overlay/wait", "overlay/internal/connect", "overlay/internal/simulator",
	} {
		for _, file := range goFiles(t, folder) {
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(node ast.Node) bool {
				said := ""
				switch node := node.(type) {
				case *ast.Ident:
					said = node.Name
				case *ast.BasicLit:
					said = node.Value
				}
				if product.MatchString(said) {
					t.Errorf("%s knows a product: %s", set.Position(node.Pos()), said)
				}
				return true
			})
		}
	}
}
