// Package inventory keeps the names that programs use: the tables of operations and types
// that an effective document makes, what changes.yaml states about them, the lock that lets
// no committed name move without such a statement, and the drafts for a new release.
package inventory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Lock is what is committed of a product's names, and what changes.yaml states about them.
type Lock struct {
	Release string          // of the contract
	Rows    []Row           // operations.tsv; nil when there is none yet
	Types   []Type          // types.tsv
	Changes Changes         // changes.yaml
	Removed document.Object // removed.json: what the contract lost in its release, see Restore
}

// A Moved is a committed name that would change or go, unstated.
type Moved struct {
	Says  string // one line
	State string // the line of changes.yaml that would state it
}

// Moved lists the rows of operations.tsv and of types.tsv that an effective
// document would change or lose although changes.yaml does not say so.
func (l *Lock) Moved(effective document.Object) []Moved {
	return slices.Concat(l.movedRows(InventoryOf(effective)), l.movedTypes(TypesOf(effective)))
}

// Compare is Moved as an error of one line: the first of them.
func (l *Lock) Compare(effective document.Object) error {
	moved := l.Moved(effective)
	if len(moved) == 0 {
		return nil
	}
	first := moved[0].Says + ": names and shapes are locked; repair it in overlay.yaml or state it in changes.yaml, as " + moved[0].State
	if more := len(moved) - 1; more > 0 {
		first += fmt.Sprintf(" (and %d more)", more)
	}
	return errors.New(first)
}

func (l *Lock) movedRows(made []Row) []Moved {
	now, ids, guesses := rowsByRoute(made), map[string]Row{}, guessRenames(l.Rows, made)
	for _, row := range made {
		ids[row.ID] = row
	}
	var moved []Moved
	for _, old := range l.Rows {
		row, there := now[old.Route()]
		for _, id := range l.Changes.renamedTo(old.ID) {
			if renamed, ok := ids[id]; ok && (!there || row.ID == id) {
				row, there = renamed, true
				old.ID, old.Service = row.ID, row.Service
			}
		}
		removal, removed := l.Changes.removal(old.Route())
		switch {
		case !there && removed && removal.Removed != l.Release, there && row.ID == old.ID && row.Service == old.Service && row.Shape == old.Shape:
		case !there && removed:
			moved = append(moved, l.notKept(old))
		case !there:
			moved = append(moved, l.gone(old, guesses))
		default:
			moved = append(moved, l.changed(old, row))
		}
	}
	return moved
}

func (l *Lock) notKept(old Row) Moved {
	return Moved{
		fmt.Sprintf("%s %s (%s) is stated as removed in %s and has to stay, deprecated, for that release", old.Method, old.Path, old.ID, l.Release),
		"removed.json, which make refresh writes",
	}
}

// gone says that an operation is gone, and what it might be called now.
func (l *Lock) gone(old Row, guesses map[document.Route]Row) Moved {
	says := fmt.Sprintf("%s %s (%s) is gone from the document", old.Method, old.Path, old.ID)
	state := fmt.Sprintf("{route: %q, removed: %q}", old.Method+" "+old.Path, l.Release)
	if row, ok := guesses[old.Route()]; ok {
		says += fmt.Sprintf(", and %s %s (%s) is new: probably a rename", row.Method, row.Path, row.ID)
		state = fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, l.Release)
	}
	return Moved{says, state}
}

func (l *Lock) changed(old, row Row) Moved {
	return Moved{
		fmt.Sprintf("%s %s would change from %s (%s, takes %s) to %s (%s, takes %s)",
			old.Method, old.Path, old.ID, old.Service, old.Shape, row.ID, row.Service, row.Shape),
		fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, l.Release),
	}
}

// guessRenames pairs operations that are gone with operations that are new: of one
// method and shape, and of one id, or with paths that differ in a segment at most and
// either of one service or with ids that differ as the segments do (getHosts of /hosts,
// getContainers of /containers). Those whose ids begin alike are paired first, and each
// only once.
func guessRenames(before, after []Row) map[document.Route]Row {
	then, now := rowsByRoute(before), rowsByRoute(after)
	type pair struct {
		old, row Row
		alike    int
	}
	var pairs []pair
	for _, old := range before {
		if _, there := now[old.Route()]; there {
			continue
		}
		for _, row := range after {
			if _, known := then[row.Route()]; !known && couldBe(old, row) {
				pairs = append(pairs, pair{old, row, alike(old.ID, row.ID)})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.alike - a.alike })
	found, taken := map[document.Route]Row{}, map[document.Route]bool{}
	for _, p := range pairs {
		from, to := p.old.Route(), p.row.Route()
		if _, paired := found[from]; !paired && !taken[to] {
			found[from], taken[to] = p.row, true
		}
	}
	return found
}

func couldBe(old, row Row) bool {
	service, _, _ := strings.Cut(old.Service, ".")
	sameService := strings.HasPrefix(row.Service, service+".")
	if row.Method != old.Method || row.Shape != old.Shape {
		return false
	}
	from, to, apart := segmentsApart(old.Path, row.Path)
	return row.ID == old.ID || apart < 2 && sameService || apart == 1 && swapped(old.ID, from, to) == strings.ToLower(row.ID)
}

// swapped is an id in small letters with another noun, in the singular or the plural.
func swapped(id, from, to string) string {
	noun := func(segment string) string { return strings.TrimSuffix(strings.ToLower(segment), "s") }
	return strings.ReplaceAll(strings.ToLower(id), noun(from), noun(to))
}

// alike counts the letters with which two names begin alike.
func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// segmentsApart counts the segments in which two paths differ, whatever their parameters
// are called, and gives the last of them. Paths of another length differ in all.
func segmentsApart(a, b string) (from, to string, apart int) {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	if len(left) != len(right) {
		return "", "", max(len(left), len(right))
	}
	for i := range left {
		if left[i] != right[i] && (!document.IsParameter(left[i]) || !document.IsParameter(right[i])) {
			from, to, apart = left[i], right[i], apart+1
		}
	}
	return from, to, apart
}

func (l *Lock) movedTypes(made []Type) []Moved {
	now := map[string]Type{}
	for _, t := range made {
		now[t.Name] = t
	}
	var moved []Moved
	for _, old := range l.Types {
		t, there := now[old.Name]
		switch {
		case there && t.Kind == old.Kind, l.typeIsStated(old, now):
		case there:
			moved = append(moved, Moved{
				fmt.Sprintf("the type %s would change from %s to %s", old.Name, old.Kind, t.Kind),
				fmt.Sprintf("{type: %s, removed: %q}", old.Name, l.Release),
			})
		default:
			moved = append(moved, Moved{
				fmt.Sprintf("the type %s is gone", old.Name),
				fmt.Sprintf("{type: %s, removed: %q}", old.Name, l.Release),
			})
		}
	}
	return moved
}

// typeIsStated tells whether changes.yaml speaks of a type, or of the only operation
// that it belonged to.
func (l *Lock) typeIsStated(old Type, now map[string]Type) bool {
	for _, c := range l.Changes.Types {
		_, there := now[c.Type]
		if c.Removed != "" && c.Type == old.Name || c.From == old.Name && there {
			return true
		}
	}
	if old.Of == "" {
		return false
	}
	for _, row := range l.Rows {
		if row.ID == old.Of {
			_, removed := l.Changes.removal(row.Route())
			return removed || len(l.Changes.renamedTo(row.ID)) > 0
		}
	}
	return false
}
