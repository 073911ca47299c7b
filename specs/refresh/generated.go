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

// checkDeclarations reads the generated Go and checks what the document alone cannot show:
// nothing is float32 or an anonymous struct, no name is declared twice or differs from
// another only in a number, every file is generated, and the methods are those of the
// inventory. It returns the number of exported types.
func (p project) checkDeclarations(rows []inventory.Row) (int, error) {
	files, err := filepath.Glob(filepath.Join(p.root, "gen", p.product+"api", "*.go"))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("gen/%sapi has no generated file: run make generate", p.product)
	}
	d := declarations{types: map[string]bool{}, methods: map[string]bool{}, declared: map[string]bool{}, set: token.NewFileSet()}
	for _, name := range files {
		file, err := parser.ParseFile(d.set, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return 0, err
		}
		if !strings.HasSuffix(name, ".gen.go") || !ast.IsGenerated(file) {
			d.fail(file.Package, "written by hand, in a package that is generated: it belongs in overlay/")
		}
		for _, declaration := range file.Decls {
			d.declare(declaration)
		}
		ast.Inspect(file, d.visit)
	}
	if d.err == nil {
		d.checkNumbers()
		d.compare(rows)
	}
	return len(d.types), d.err
}

// declarations are those of a generated package.
type declarations struct {
	set      *token.FileSet
	types    map[string]bool
	methods  map[string]bool // FileSystems.Get
	declared map[string]bool // types, constants, variables and functions
	err      error           // the first
}

func (d *declarations) fail(at token.Pos, format string, arguments ...any) {
	if d.err == nil {
		where := d.set.Position(at)
		d.err = fmt.Errorf("%s:%d: %s", filepath.Base(where.Filename), where.Line, fmt.Sprintf(format, arguments...))
	}
}

func (d *declarations) visit(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.Ident:
		if n.Name == "float32" {
			d.fail(n.Pos(), "float32 has wrong numbers from 16 MiB on")
		}
	case *ast.TypeSpec:
		if n.Name.IsExported() {
			d.types[n.Name.Name] = true
		}
		if s, ok := n.Type.(*ast.StructType); ok {
			ast.Inspect(s.Fields, d.visit)
			return false
		}
	case *ast.StructType:
		d.fail(n.Pos(), "an anonymous struct: give its schema a name")
	}
	return d.err == nil
}

// declare records the names that a declaration takes in the package, and the methods of
// services. A constant begins with the name of its type, so it may collide with a type.
func (d *declarations) declare(declaration ast.Decl) {
	var names []*ast.Ident
	switch decl := declaration.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			names = append(names, decl.Name)
		} else if pointer, ok := decl.Recv.List[0].Type.(*ast.StarExpr); ok && decl.Name.IsExported() {
			if service, ok := strings.CutSuffix(fmt.Sprint(pointer.X), "Service"); ok {
				d.methods[service+"."+decl.Name.Name] = true
			}
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name)
			case *ast.ValueSpec:
				names = append(names, s.Names...)
			}
		}
	}
	for _, name := range names {
		if d.declared[name.Name] && name.Name != "_" {
			d.fail(name.Pos(), "%s is declared twice: give one of the two another name in overlay-names.yaml", name.Name)
		}
		d.declared[name.Name] = true
	}
}

var number = regexp.MustCompile(`\d+$`)

// checkNumbers finds a type that the generator distinguished from another by a number: Foo
// and Foo2. Names such as S3 end in a digit themselves.
func (d *declarations) checkNumbers() {
	for name := range d.types {
		if base := number.ReplaceAllString(name, ""); base != name && d.types[base] {
			d.fail(token.NoPos, "%s and %s differ only in a number: give one of them an x-type-name in overlay-names.yaml", base, name)
		}
	}
}

func (d *declarations) compare(rows []inventory.Row) {
	for _, row := range rows {
		if !d.methods[row.Service] {
			d.fail(token.NoPos, "operations.tsv lists %s, which was not generated", row.Service)
		}
		delete(d.methods, row.Service)
	}
	for method := range d.methods {
		d.fail(token.NoPos, "%s was generated and is not in operations.tsv", method)
	}
}
