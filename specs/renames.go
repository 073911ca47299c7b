package specs

import (
	"maps"
	"reflect"
	"slices"
)

// A Rename is a guess that a member or an operation has another name now.
type Rename struct{ In, From, To string }

// GuessOperationRenames lists operations whose method has another name now, and pairs
// those that are gone with new ones that they might be.
func GuessOperationRenames(older, newer Object) []Rename {
	before, after := InventoryOf(older), InventoryOf(newer)
	now, guesses := rowsByRoute(after), guessRenames(before, after)
	var found []Rename
	for _, row := range before {
		at := route{row.Method, row.Path}
		next, there := now[at]
		if !there {
			next, there = guesses[at]
		}
		if there && (next.ID != row.ID || next.Path != row.Path) {
			found = append(found, Rename{row.Method + " " + row.Path, row.Service, next.Service + " (" + next.Method + " " + next.Path + ")"})
		}
	}
	return found
}

// GuessMemberRenames pairs, in each type that both documents have, a member that is
// gone with the one new member of the same schema, if there is no other.
func GuessMemberRenames(older, newer Object) []Rename {
	var found []Rename
	for _, name := range slices.Sorted(maps.Keys(schemas(older))) {
		before := object(object(schemas(older)[name])["properties"])
		after := object(object(schemas(newer)[name])["properties"])
		gone, fresh := missingIn(after, before), missingIn(before, after)
		if after == nil {
			continue
		}
		for _, from := range gone {
			alike := func(to string) bool { return reflect.DeepEqual(before[from], after[to]) }
			candidates := slices.DeleteFunc(slices.Clone(fresh), func(to string) bool { return !alike(to) })
			rivals := slices.DeleteFunc(slices.Clone(gone), func(other string) bool { return !reflect.DeepEqual(before[from], before[other]) })
			if len(candidates) == 1 && len(rivals) == 1 {
				found = append(found, Rename{name, from, candidates[0]})
			}
		}
	}
	return found
}

// missingIn are the names in all that some does not have.
func missingIn(some, all Object) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(name string) bool { _, ok := some[name]; return ok })
}

// ClassChanges are the operations that the transport treats otherwise now, as
// "METHOD /path: once instead of idempotent": nothing that a compiler notices.
func ClassChanges(older, newer Object) map[string]string {
	now := rowsByRoute(InventoryOf(newer))
	found := map[string]string{}
	for _, row := range InventoryOf(older) {
		if after, ok := now[route{row.Method, row.Path}]; ok && after.Class != row.Class {
			found[row.Method+" "+row.Path] = after.Class + " instead of " + row.Class
		}
	}
	return found
}
