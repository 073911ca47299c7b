package inventory

import (
	"cmp"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Type is one row of types.tsv: a generated type, whose name is locked.
type Type struct {
	Name string
	Kind string // struct, enumeration, or the Go kind that it is another name of
	Of   string // the one operation that it belongs to, "" if several use it
}

var typeColumns = []string{"type", "kind", "of"}

// TypesOf lists the types that are generated from an effective document, by name.
func TypesOf(effective document.Object) []Type {
	users := map[string]map[string]bool{}
	for _, o := range document.Operations(effective) {
		var start []document.Place
		start = append(append(start, document.Responses(o)...), document.Requests(o)...)
		for name := range document.ReachableFrom(effective, start) {
			if users[name] == nil {
				users[name] = map[string]bool{}
			}
			users[name][o.ID()] = true
		}
	}
	var types []Type
	for _, name := range document.Schemas(effective).Keys() {
		one := Type{Name: name, Kind: typeKind(document.Schemas(effective).Object(name))}
		if len(users[name]) == 1 {
			for id := range users[name] {
				one.Of = id
			}
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

// WriteTypes is the text of types.tsv.
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
