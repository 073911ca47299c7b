package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/hotcold-go/hotcold/specs/inventory"
)

// checkDeclarations reads the generated Go and checks what the document alone cannot show:
// nothing is float32 or an anonymous struct, every file is generated, and the methods are
// those of the inventory. It returns the number of exported types.
func (p project) checkDeclarations(rows []inventory.Row) (int, error) {
	files, err := filepath.Glob(p.generatedGo("*.go"))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("gen/%sapi has no generated file: run make generate", p.product)
	}
	d := declarations{types: map[string]bool{}, methods: map[string]bool{}, set: token.NewFileSet()}
	for _, name := range files {
		file, err := parser.ParseFile(d.set, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return 0, err
		}
		if !strings.HasSuffix(name, ".gen.go") || !ast.IsGenerated(file) {
			d.fail(file.Package, "written by hand, in a package that is generated: it belongs in overlay/")
		}
		ast.Inspect(file, d.visit)
	}
	if d.err == nil {
		d.compare(rows)
	}
	return len(d.types), d.err
}

// declarations are those of a generated package.
type declarations struct {
	set     *token.FileSet
	types   map[string]bool
	methods map[string]bool // FileSystems.Get
	err     error           // the first
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
	case *ast.FuncDecl:
		if n.Recv != nil && n.Name.IsExported() {
			if receiver, ok := n.Recv.List[0].Type.(*ast.StarExpr); ok {
				if service, ok := strings.CutSuffix(fmt.Sprint(receiver.X), "Service"); ok {
					d.methods[service+"."+n.Name.Name] = true
				}
			}
		}
	}
	return d.err == nil
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
