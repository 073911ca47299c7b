package inventory

import (
	"maps"
	"reflect"
	"slices"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Rename says that an operation, a type or a member has another name now, stated in
// changes.yaml or probable.
type Rename struct {
	In       string // METHOD /path of an operation, the type of a member, "" for a type
	From, To string
	Route    string // METHOD /path of an operation now
	Stated   bool
}

// OperationRenames lists the operations with another name: stated, of the same route, or
// probable pairs of a removed operation and a new one.
func (l *Lock) OperationRenames(older, newer document.Object) []Rename {
	before, after := RowsOf(older), RowsOf(newer)
	now, guesses := indexOf(after), guessRenames(before, after)
	var found []Rename
	for _, row := range before {
		next, there, stated := l.successor(row, now)
		if !there {
			next, there = guesses[row.Route()]
		}
		if there && (next.ID != row.ID || next.Path != row.Path) {
			found = append(found, Rename{row.Route().String(), row.Service, next.Service, next.Route().String(), stated})
		}
	}
	return found
}

// TypeRenames lists the renames of types that changes.yaml states.
func (l *Lock) TypeRenames(older, newer document.Object) []Rename {
	var found []Rename
	for _, c := range l.Changes.Types {
		_, was := document.Schemas(older)[c.From]
		_, is := document.Schemas(newer)[c.Type]
		if _, still := document.Schemas(newer)[c.From]; was && is && !still {
			found = append(found, Rename{From: c.From, To: c.Type, Stated: true})
		}
	}
	return found
}

// KeptOperations maps the operations that a release removed and that stay, deprecated, to
// that release.
func KeptOperations(effective document.Object) map[string]string {
	kept := map[string]string{}
	for _, o := range document.Operations(effective) {
		if release := o.Object.Text("x-removed"); release != "" {
			kept[o.Name()] = release
		}
	}
	return kept
}

// GuessMemberRenames pairs, in each type of both documents, a removed member with a new
// member of the same schema, if each is the only one with this schema.
func GuessMemberRenames(older, newer document.Object) []Rename {
	var found []Rename
	for _, name := range document.Schemas(older).Keys() {
		before := document.Schemas(older).Object(name, "properties")
		after := document.Schemas(newer).Object(name, "properties")
		if after == nil {
			continue
		}
		gone, fresh := missingIn(after, before), missingIn(before, after)
		for _, from := range gone {
			like := func(members document.Object, names []string) []string {
				return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !reflect.DeepEqual(before[from], members[name]) })
			}
			if to := like(after, fresh); len(to) == 1 && len(like(before, gone)) == 1 {
				found = append(found, Rename{In: name, From: from, To: to[0]})
			}
		}
	}
	return found
}

// missingIn lists the members of all that some does not have.
func missingIn(some, all document.Object) []string {
	return slices.DeleteFunc(all.Keys(), func(name string) bool { _, ok := some[name]; return ok })
}

// ClassChanges maps the operations with another retry class to both classes, such as "once
// instead of idempotent".
func ClassChanges(older, newer document.Object) map[string]string {
	now := indexOf(RowsOf(newer)).routes
	found := map[string]string{}
	for _, row := range RowsOf(older) {
		if after, ok := now[row.Route()]; ok && after.Class != row.Class {
			found[row.Route().String()] = after.Class + " instead of " + row.Class
		}
	}
	return found
}

// NewNumbers lists the numbers that a newer effective document has, as members and parameters,
// with their Go types: "Thing.size int64". No document says which integers exceed 2^63-1 and
// which numbers have fractions.
func NewNumbers(older, newer document.Object) []string {
	before, after := numbersOf(older), numbersOf(newer)
	maps.DeleteFunc(after, func(name, kind string) bool { return before[name] == kind })
	var found []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		found = append(found, name+" "+after[name])
	}
	return found
}

// numbersOf maps the numbers of a document to their Go types.
func numbersOf(doc document.Object) map[string]string {
	found := map[string]string{}
	add := func(name string, schema document.Object) {
		for schema["items"] != nil || schema.Object("additionalProperties") != nil {
			if items := schema.Object("items"); items != nil {
				schema = items
			} else {
				schema = schema.Object("additionalProperties")
			}
		}
		switch {
		case schema["type"] == "number":
			found[name] = "float64"
		case schema["type"] == "integer" && schema["format"] == "uint64":
			found[name] = "uint64"
		case schema["type"] == "integer":
			found[name] = "int64"
		}
	}
	for _, name := range document.Schemas(doc).Keys() {
		for key, property := range document.Schemas(doc).Object(name, "properties") {
			add(name+"."+key, document.AsObject(property))
		}
	}
	for _, o := range document.Operations(doc) {
		for _, parameter := range o.Parameters() {
			schema, _ := document.ParameterSchema(parameter)
			add(o.ID()+" ("+parameter.Text("name")+")", schema)
		}
	}
	return found
}
