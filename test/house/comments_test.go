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
		demands(each, look)
		values(each.Consts)
		values(each.Vars)
		functions(each.Funcs, "")
		functions(each.Methods, each.Name+".")
	}
}

// demands calls look with the methods that an interface asks for.
func demands(t *doc.Type, look func(name, comment string)) {
	for _, spec := range t.Decl.Specs {
		wanted, ok := spec.(*ast.TypeSpec).Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		for _, method := range wanted.Methods.List {
			for _, name := range method.Names {
				// One method alone is what the comment of the interface is about.
				if ast.IsExported(name.Name) && len(wanted.Methods.List) > 1 {
					look(t.Name+"."+name.Name, method.Doc.Text()+method.Comment.Text())
				}
			}
		}
	}
}

// public are the packages that others can import, those of nested modules too.
func public(t *testing.T) map[string]*listed {
	t.Helper()
	found := map[string]*listed{"overlay/telemetry": {Dir: filepath.Join(root, "overlay/telemetry")}}
	for _, file := range goFiles(t, "overlay/telemetry") {
		found["overlay/telemetry"].GoFiles = append(found["overlay/telemetry"].GoFiles, filepath.Base(file))
	}
	for name, p := range ours(t) {
		if !strings.Contains(name, "internal/") && len(p.GoFiles) > 0 {
			found[name] = p
		}
	}
	return found
}

// Whatever is exported, by hand or by the generator, has a comment that says more than
// its name does.
func TestExportedIdentifiersAreExplained(t *testing.T) {
	seen := 0
	for name, p := range public(t) {
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

var (
	words = regexp.MustCompile(`[\p{L}\p{N}]+`)
	// What a generated comment has of its own accord: whose it is, and where it goes.
	formal = regexp.MustCompile(`(?m)^(?:GET|POST|PUT|PATCH|DELETE) /.*$|\[[A-Z][^\]]+\]`)
)

// says reports whether a comment has words that the name does not.
func says(identifier, comment string) bool {
	_, method, found := strings.Cut(identifier, ".")
	if !found {
		method = identifier
	}
	filling := []string{
		"a", "an", "and", "are", "by", "does", "for", "from", "function", "gets", "gives", "has", "holds", "in", "is", "it", "its",
		"method", "object", "of", "on", "represents", "returns", "sets", "struct", "that", "the", "this", "to", "type", "value", "with",
	}
	name := strings.ToLower(identifier)
	for _, word := range words.FindAllString(formal.ReplaceAllString(comment, ""), -1) {
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
	for name, p := range public(t) {
		text := parse(t, p).doc.Doc
		if !strings.Contains(text, ".") {
			t.Errorf("%s: the package has no comment", name)
		}
		if strings.HasPrefix(name, "overlay/") && (strings.Count(text, "\n") < 10 || !slices.Contains(p.GoFiles, "doc.go")) {
			t.Errorf("%s: what a stranger has to know belongs into doc.go", name)
		}
	}
}
