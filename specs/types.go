package specs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A Type is one row of types.tsv: a generated type, whose name is locked.
type Type struct {
	Name string
	Kind string // struct, enumeration, or the Go kind that it is another name of
	Of   string // the one operation that it belongs to, "" if several use it
}

var typeColumns = []string{"type", "kind", "of"}

// TypesOf lists the types that are generated from an effective document, by name.
func TypesOf(effective Object) []Type {
	users := map[string]map[string]bool{}
	for _, o := range operations(effective) {
		var start []place
		start = append(append(start, answers(o)...), requests(o)...)
		for name := range reachableFrom(effective, start) {
			if users[name] == nil {
				users[name] = map[string]bool{}
			}
			users[name][o.id()] = true
		}
	}
	var types []Type
	for _, name := range slices.Sorted(maps.Keys(schemas(effective))) {
		one := Type{Name: name, Kind: typeKind(object(schemas(effective)[name]))}
		if len(users[name]) == 1 {
			for id := range users[name] {
				one.Of = id
			}
		}
		types = append(types, one)
	}
	return types
}

func typeKind(schema Object) string {
	switch {
	case schema["properties"] != nil:
		return "struct"
	case schema["enum"] != nil, schema["x-constants"] != nil:
		return "enumeration"
	case schema["additionalProperties"] != nil:
		return "map"
	default:
		return cmp.Or(text(schema["x-go-type"]), text(schema["type"]), "any")
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

func (p *Product) readTypes(text []byte) error {
	table, err := readTable(text, typeColumns...)
	for _, c := range table {
		p.types = append(p.types, Type{c[0], c[1], c[2]})
	}
	return err
}

func (p *Product) movedTypes(made []Type) []Moved {
	now := map[string]Type{}
	for _, t := range made {
		now[t.Name] = t
	}
	var moved []Moved
	for _, old := range p.types {
		t, there := now[old.Name]
		switch {
		case there && t.Kind == old.Kind, p.typeIsStated(old, now):
		case there:
			moved = append(moved, Moved{
				fmt.Sprintf("the type %s would change from %s to %s", old.Name, old.Kind, t.Kind),
				fmt.Sprintf("{type: %s, removed: %q}", old.Name, p.Release()),
			})
		default:
			moved = append(moved, Moved{
				fmt.Sprintf("the type %s is gone", old.Name),
				fmt.Sprintf("{type: %s, removed: %q}", old.Name, p.Release()),
			})
		}
	}
	return moved
}

// typeIsStated tells whether changes.yaml speaks of a type, or of the only operation
// that it belonged to.
func (p *Product) typeIsStated(old Type, now map[string]Type) bool {
	for _, c := range p.changes.Types {
		_, there := now[c.Type]
		if c.Removed != "" && c.Type == old.Name || c.From == old.Name && there {
			return true
		}
	}
	if old.Of == "" {
		return false
	}
	for _, row := range p.Inventory {
		if row.ID == old.Of {
			_, removed := p.changes.removal(route{row.Method, row.Path})
			return removed || len(p.changes.renamedTo(row.ID)) > 0
		}
	}
	return false
}
