package inventory

import (
	"reflect"
	"slices"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Rename says that an operation, a type or a member has another name now: as
// changes.yaml states it, or by guess.
type Rename struct {
	In       string // METHOD /path of an operation, the type of a member, "" for a type
	From, To string
	Route    string // METHOD /path of an operation now
	Stated   bool
}

// OperationRenames lists operations whose method has another name now, as stated or
// because the same route has it, and pairs those that are gone with new ones that they
// might be.
func (l *Lock) OperationRenames(older, newer document.Object) []Rename {
	before, after := InventoryOf(older), InventoryOf(newer)
	now, ids, guesses := rowsByRoute(after), map[string]Row{}, guessRenames(before, after)
	for _, row := range after {
		ids[row.ID] = row
	}
	var found []Rename
	for _, row := range before {
		at := row.Route()
		next, there := now[at]
		stated := false
		for _, id := range l.Changes.renamedTo(row.ID) {
			if renamed, ok := ids[id]; ok && (!there || renamed.ID == next.ID) {
				next, stated = renamed, true
			}
		}
		if !there && !stated {
			next, there = guesses[at]
		}
		if (there || stated) && (next.ID != row.ID || next.Path != row.Path) {
			found = append(found, Rename{row.Method + " " + row.Path, row.Service, next.Service, next.Method + " " + next.Path, stated})
		}
	}
	return found
}

// TypeRenames lists the types that changes.yaml says have another name now.
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

// KeptOperations are the operations that a release removed and that stay for it, as
// deprecated ones: "METHOD /path" to that release.
func KeptOperations(effective document.Object) map[string]string {
	kept := map[string]string{}
	for _, o := range document.Operations(effective) {
		if release := o.Object.Text("x-removed"); release != "" {
			kept[o.Name()] = release
		}
	}
	return kept
}

// GuessMemberRenames pairs, in each type that both documents have, a member that is
// gone with the one new member of the same schema, if there is no other.
func GuessMemberRenames(older, newer document.Object) []Rename {
	var found []Rename
	for _, name := range document.Schemas(older).Keys() {
		before := document.Schemas(older).Object(name, "properties")
		after := document.Schemas(newer).Object(name, "properties")
		gone, fresh := missingIn(after, before), missingIn(before, after)
		if after == nil {
			continue
		}
		for _, from := range gone {
			alike := func(to string) bool { return reflect.DeepEqual(before[from], after[to]) }
			candidates := slices.DeleteFunc(slices.Clone(fresh), func(to string) bool { return !alike(to) })
			rivals := slices.DeleteFunc(slices.Clone(gone), func(other string) bool { return !reflect.DeepEqual(before[from], before[other]) })
			if len(candidates) == 1 && len(rivals) == 1 {
				found = append(found, Rename{In: name, From: from, To: candidates[0]})
			}
		}
	}
	return found
}

// missingIn are the names in all that some does not have.
func missingIn(some, all document.Object) []string {
	return slices.DeleteFunc(all.Keys(), func(name string) bool { _, ok := some[name]; return ok })
}

// ClassChanges are the operations that the transport treats otherwise now, as
// "METHOD /path: once instead of idempotent": nothing that a compiler notices.
func ClassChanges(older, newer document.Object) map[string]string {
	now := rowsByRoute(InventoryOf(newer))
	found := map[string]string{}
	for _, row := range InventoryOf(older) {
		if after, ok := now[row.Route()]; ok && after.Class != row.Class {
			found[row.Method+" "+row.Path] = after.Class + " instead of " + row.Class
		}
	}
	return found
}
