package house_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parsed is a package as a reader of its documentation sees it.
type parsed struct {
	files *token.FileSet
	doc   *doc.Package
}

func parse(t *testing.T, p *listed) parsed {
	t.Helper()
	files := token.NewFileSet()
	var trees []*ast.File
	for _, name := range p.GoFiles {
		tree, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	documented, err := doc.NewFromFiles(files, trees, p.ImportPath)
	if err != nil {
		t.Fatal(err)
	}
	return parsed{files, documented}
}

// exported calls look with the name and the comment of whatever a package exports.
func (p parsed) exported(look func(name, comment string)) {
	values := func(all []*doc.Value) {
		for _, v := range all {
			for _, spec := range v.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				for _, name := range spec.Names {
					if ast.IsExported(name.Name) {
						look(name.Name, v.Doc+spec.Doc.Text()+spec.Comment.Text())
					}
				}
			}
		}
	}
	functions := func(all []*doc.Func, of string) {
		for _, f := range all {
			look(of+f.Name, f.Doc)
		}
	}
	values(p.doc.Consts)
	values(p.doc.Vars)
	functions(p.doc.Funcs, "")
	for _, each := range p.doc.Types {
		look(each.Name, each.Doc)
		values(each.Consts)
		values(each.Vars)
		functions(each.Funcs, "")
		functions(each.Methods, each.Name+".")
	}
}

// Whatever is exported, by hand or by the generator, has a comment that says more than
// its name does.
func TestExportedIdentifiersAreExplained(t *testing.T) {
	seen := 0
	for name, p := range ours(t) {
		if strings.Contains(name, "internal/") || len(p.GoFiles) == 0 {
			continue
		}
		parse(t, p).exported(func(identifier, comment string) {
			seen++
			if !says(identifier, comment) {
				t.Errorf("%s.%s: its comment says nothing beyond the name: %q", name, identifier, comment)
			}
		})
	}
	if seen < 1500 {
		t.Errorf("%d identifiers were looked at: the generated ones alone are more than 1500", seen)
	}
}

var words = regexp.MustCompile(`[\p{L}\p{N}]+`)

// says reports whether a comment has words that the name does not.
func says(identifier, comment string) bool {
	_, method, found := strings.Cut(identifier, ".")
	if !found {
		method = identifier
	}
	filling := []string{"is", "a", "an", "the", "of", "for", "to", "and", "returns", "it"}
	name := strings.ToLower(identifier)
	for _, word := range words.FindAllString(comment, -1) {
		word = strings.ToLower(word)
		if !slices.Contains(filling, word) && word != strings.ToLower(method) && !strings.Contains(name, strings.TrimSuffix(word, "s")) {
			return true
		}
	}
	return false
}

// A comment of a package leads a stranger in: it says in a line what the package is for,
// and those that programs import say more than that.
func TestPackagesLeadIn(t *testing.T) {
	for name, p := range ours(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		text := parse(t, p).doc.Doc
		if !strings.Contains(text, ".") {
			t.Errorf("%s: the package has no comment", name)
		}
		public := strings.HasPrefix(name, "overlay/") && !strings.Contains(name, "internal/")
		if public && (strings.Count(text, "\n") < 10 || !slices.Contains(p.GoFiles, "doc.go")) {
			t.Errorf("%s: what a stranger has to know belongs into doc.go", name)
		}
	}
}
