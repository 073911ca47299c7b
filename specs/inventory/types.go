package inventory

import (
	"cmp"
	"slices"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Type is a generated type, a row of types.tsv. Its name is locked.
type Type struct {
	Name string
	Kind string // struct, enumeration, map, or the Go type that it is defined as
	Of   string // the operationId of the only operation that uses it, or ""
}

var typeColumns = []string{"type", "kind", "of"}

// TypesOf lists the types that are generated from an effective document, by name.
func TypesOf(effective document.Object) []Type {
	users := map[string][]string{}
	for _, o := range document.Operations(effective) {
		for name := range document.ReachableFrom(effective, slices.Concat(document.Responses(o), document.Requests(o))) {
			users[name] = append(users[name], o.ID())
		}
	}
	var types []Type
	for _, name := range document.Schemas(effective).Keys() {
		one := Type{Name: name, Kind: typeKind(document.Schemas(effective).Object(name))}
		if len(users[name]) == 1 {
			one.Of = users[name][0]
		}
		types = append(types, one)
	}
	return types
}

func typeKind(schema document.Object) string {
	switch {
	case schema["properties"] != nil:
		return "struct"
	case schema["enum"] != nil, schema["x-constants"] != nil:
		return "enumeration"
	case schema["additionalProperties"] != nil:
		return "map"
	default:
		return cmp.Or(schema.Text("x-go-type"), schema.Text("type"), "any")
	}
}

// WriteTypes returns the text of types.tsv.
func WriteTypes(types []Type) []byte {
	table := [][]string{typeColumns}
	for _, t := range types {
		table = append(table, []string{t.Name, t.Kind, t.Of})
	}
	return writeTable(table)
}

// ReadTypes reads types.tsv.
func ReadTypes(text []byte) ([]Type, error) {
	table, err := readTable(text, typeColumns...)
	if err != nil {
		return nil, err
	}
	var types []Type
	for _, c := range table {
		types = append(types, Type{c[0], c[1], c[2]})
	}
	return types, nil
}
