package main

import (
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// An apiRow is one exported thing, a row of the listing of the Go API: what a program may name,
// and its shape as far as a program that names it depends on it. Names are written as
// apidiff writes them, so that both comparisons read alike: T, T.Field, (*T).Method.
type apiRow struct {
	Package string `json:"package"` // below the module
	Kind    string `json:"kind"`    // const, var, func, type, field, method, or interface method
	Name    string `json:"name"`
	Shape   string `json:"shape"`
}

// listing lists what the packages of a module export, sorted by package and name.
func listing(root string, patterns []string) ([]apiRow, error) {
	found, err := typesOf(root, patterns)
	if err != nil {
		return nil, err
	}
	rows := []apiRow{}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		p := found[path]
		if p == nil {
			return nil, fmt.Errorf("%s does not compile", path)
		}
		l := &lister{of: p}
		for _, name := range p.Scope().Names() {
			if object := p.Scope().Lookup(name); object.Exported() {
				l.object(object)
			}
		}
		rows = append(rows, l.rows...)
	}
	slices.SortStableFunc(rows, func(a, b apiRow) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(withoutReceiver.Replace(a.Name), withoutReceiver.Replace(b.Name)))
	})
	return rows, nil
}

// withoutReceiver brings the methods of *T to those of T, behind the type itself.
var withoutReceiver = strings.NewReplacer("(*", "", ")", "")

type lister struct {
	of   *types.Package
	rows []apiRow
}

func (l *lister) add(kind, name, shape string) {
	_, below, _ := strings.Cut(l.of.Path(), module)
	l.rows = append(l.rows, apiRow{below, kind, name, shape})
}

// module is what the paths of its packages begin with.
const module = "github.com/hotcold-go/hotcold/"

func (l *lister) object(object types.Object) {
	switch o := object.(type) {
	case *types.Const:
		l.add("const", o.Name(), l.shape(o.Type())+" = "+o.Val().ExactString())
	case *types.Var:
		l.add("var", o.Name(), l.shape(o.Type()))
	case *types.Func:
		l.add("func", o.Name(), l.shape(o.Type()))
	case *types.TypeName:
		l.typeName(o)
	}
}

// typeName lists a type with its members. Those of an alias stand where its type is
// declared, unless that is internal: then programs know them by the alias alone.
func (l *lister) typeName(o *types.TypeName) {
	named, ok := types.Unalias(o.Type()).(*types.Named)
	switch {
	case o.IsAlias() && (!ok || !internal(named)):
		l.add("type", o.Name(), l.aliased(o)+"= "+l.shape(types.Unalias(o.Type())))
		return
	case !ok:
		return
	}
	shape := l.parameters(named.TypeParams())
	under := named.Underlying()
	switch u := under.(type) {
	case *types.Struct:
		shape += "struct"
		l.fields(o.Name(), u)
	case *types.Interface:
		shape += "interface"
		if sealed(u) {
			shape += ", of this package's types alone"
		}
	default:
		shape += l.shape(under)
	}
	if !types.Comparable(named) {
		shape += notComparable
	}
	l.add("type", o.Name(), shape)
	l.methods(o.Name(), named)
}

// notComparable ends the shape of a type whose values == refuses.
const notComparable = ", not comparable"

func internal(named *types.Named) bool {
	p := named.Obj().Pkg()
	return p != nil && strings.Contains(p.Path()+"/", "/internal/")
}

// sealed tells an interface that no other package can implement: a method more breaks
// nobody.
func sealed(of *types.Interface) bool {
	for method := range of.Methods() {
		if !method.Exported() {
			return true
		}
	}
	return false
}

// fields lists exported fields, and those that an embedded struct without an exported
// name lends.
func (l *lister) fields(of string, in *types.Struct) {
	for field := range in.Fields() {
		switch inner, ok := field.Type().Underlying().(*types.Struct); {
		case field.Exported() && field.Embedded():
			l.add("field", of+"."+field.Name(), "embedded "+l.shape(field.Type()))
		case field.Exported():
			l.add("field", of+"."+field.Name(), l.shape(field.Type()))
		case field.Embedded() && ok:
			l.fields(of, inner)
		}
	}
}

// methods lists the method set, with what embedding lends.
func (l *lister) methods(of string, named *types.Named) {
	if in, ok := named.Underlying().(*types.Interface); ok {
		for method := range in.Methods() {
			if method.Exported() {
				l.add("interface method", of+"."+method.Name(), l.shape(method.Type()))
			}
		}
		return
	}
	values := types.NewMethodSet(named)
	for one := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		method := one.Obj()
		switch {
		case !method.Exported():
		case values.Lookup(method.Pkg(), method.Name()) != nil:
			l.add("method", of+"."+method.Name(), l.shape(one.Type()))
		default:
			l.add("method", "(*"+of+")."+method.Name(), l.shape(one.Type()))
		}
	}
}

// aliased are the parameters of an alias that has any.
func (l *lister) aliased(o *types.TypeName) string {
	if alias, ok := o.Type().(*types.Alias); ok {
		return l.parameters(alias.TypeParams())
	}
	return ""
}

// parameters are those of a generic type or function, before its shape.
func (l *lister) parameters(of *types.TypeParamList) string {
	var all []string
	for parameter := range of.TypeParams() {
		all = append(all, parameter.Obj().Name()+" "+l.shape(parameter.Constraint()))
	}
	if len(all) == 0 {
		return ""
	}
	return "[" + strings.Join(all, ", ") + "] "
}

// shape writes a type as programs of other packages see it: without the names of
// parameters, which may change, and with the packages' names but its own.
func (l *lister) shape(of types.Type) string {
	generic := ""
	if function, ok := of.(*types.Signature); ok {
		generic = l.parameters(function.TypeParams())
	}
	return generic + types.TypeString(unnamed(of), func(p *types.Package) string {
		if p == l.of {
			return ""
		}
		return p.Name()
	})
}

// unnamed drops the names of the parameters of a function, and of those within it.
func unnamed(of types.Type) types.Type {
	switch t := of.(type) {
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, unnamedTuple(t.Params()), unnamedTuple(t.Results()), t.Variadic())
	case *types.Pointer:
		return types.NewPointer(unnamed(t.Elem()))
	case *types.Slice:
		return types.NewSlice(unnamed(t.Elem()))
	case *types.Map:
		return types.NewMap(t.Key(), unnamed(t.Elem()))
	}
	return of
}

func unnamedTuple(of *types.Tuple) *types.Tuple {
	var all []*types.Var
	for one := range of.Variables() {
		all = append(all, types.NewParam(one.Pos(), one.Pkg(), "", unnamed(one.Type())))
	}
	return types.NewTuple(all...)
}
