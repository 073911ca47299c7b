package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hotcold-go/hotcold/specs/inventory"
)

// checkGenerated reads the generated Go and proves what the document alone cannot:
// nothing is float32 or anonymous, no name is declared twice or was settled by a
// number, no line is written by hand, every row of the inventory is a method and
// every method is a row. It returns how many types there are.
func (p project) checkGenerated(rows []inventory.Row) (int, error) {
	files, err := filepath.Glob(filepath.Join(p.root, "gen", p.product+"api", "*.go"))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("gen/%sapi has no generated file: run make generate", p.product)
	}
	g := generated{types: map[string]bool{}, methods: map[string]bool{}, declared: map[string]bool{}, set: token.NewFileSet()}
	for _, name := range files {
		file, err := parser.ParseFile(g.set, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return 0, err
		}
		if !strings.HasSuffix(name, ".gen.go") || !ast.IsGenerated(file) {
			g.fail(file.Package, "written by hand, in a package that is generated: its place is overlay/")
		}
		for _, declaration := range file.Decls {
			g.declare(declaration)
		}
		ast.Inspect(file, g.visit)
	}
	if g.err == nil {
		g.numbered()
		g.compare(rows)
	}
	return len(g.types), g.err
}

type generated struct {
	set      *token.FileSet
	types    map[string]bool
	methods  map[string]bool // Filesystem.GetFileSystem
	declared map[string]bool // types, constants, variables and functions
	err      error
}

func (g *generated) fail(at token.Pos, format string, arguments ...any) {
	if g.err == nil {
		where := g.set.Position(at)
		g.err = fmt.Errorf("%s:%d: %s", filepath.Base(where.Filename), where.Line, fmt.Sprintf(format, arguments...))
	}
}

func (g *generated) visit(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.Ident:
		if n.Name == "float32" {
			g.fail(n.Pos(), "float32: a number from 16 MiB on would be wrong")
		}
	case *ast.TypeSpec:
		if n.Name.IsExported() {
			g.types[n.Name.Name] = true
		}
		if s, ok := n.Type.(*ast.StructType); ok {
			ast.Inspect(s.Fields, g.visit)
			return false
		}
	case *ast.StructType:
		g.fail(n.Pos(), "an anonymous struct: give its schema a name")
	case *ast.FuncDecl:
		g.method(n)
	}
	return g.err == nil
}

// declare notes the names that a declaration takes in the package: a constant, which
// begins with its type's name, may meet another type.
func (g *generated) declare(declaration ast.Decl) {
	var names []*ast.Ident
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name)
			case *ast.ValueSpec:
				names = append(names, s.Names...)
			}
		}
	}
	for _, name := range names {
		if g.declared[name.Name] && name.Name != "_" {
			g.fail(name.Pos(), "%s is declared twice: give one of the two another name in overlay.yaml", name.Name)
		}
		g.declared[name.Name] = true
	}
}

func (g *generated) method(n *ast.FuncDecl) {
	if n.Recv == nil || !n.Name.IsExported() {
		return
	}
	pointer, ok := n.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return
	}
	if receiver, ok := pointer.X.(*ast.Ident); ok {
		if service, ok := strings.CutSuffix(receiver.Name, "Service"); ok {
			g.methods[service+"."+n.Name.Name] = true
		}
	}
}

var number = regexp.MustCompile(`\d+$`)

// numbered finds a type that the generator told from another by a number: Foo and
// Foo2. S3 and the like end in a digit by themselves.
func (g *generated) numbered() {
	for name := range g.types {
		if base := number.ReplaceAllString(name, ""); base != name && g.types[base] {
			g.fail(token.NoPos, "%s and %s differ in a number only: give one of them an x-type-name in overlay.yaml", base, name)
		}
	}
}

func (g *generated) compare(rows []inventory.Row) {
	for _, row := range rows {
		if !g.methods[row.Service] {
			g.fail(token.NoPos, "operations.tsv lists %s, which was not generated", row.Service)
		}
		delete(g.methods, row.Service)
	}
	for method := range g.methods {
		g.fail(token.NoPos, "%s was generated and is not in operations.tsv", method)
	}
}
