// Package inventory keeps the names that programs use: the tables of operations and types
// that an effective document makes, what changes.yaml states about them, the lock that lets
// no committed name move without a statement, and the drafts for a new release.
package inventory

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A Lock is the committed names of a product, and what changes.yaml states about them.
type Lock struct {
	Release string          // of the contract
	Rows    []Row           // operations.tsv; nil if there is none yet
	Types   []Type          // types.tsv
	Changes Changes         // changes.yaml
	Removed document.Object // removed.json, see Restore
}

// A Moved is a committed name that would change or be removed without a statement.
type Moved struct {
	Says  string // one line
	State string // the line of changes.yaml that states it
	Row   Row    // the committed row of an operation
	Now   Row    // the row that it is or probably is now
	Type  Type   // the committed row of a type
}

// Moved lists the rows of operations.tsv and types.tsv that an effective document would
// change or lose without a statement in changes.yaml.
func (l *Lock) Moved(effective document.Object) []Moved {
	return slices.Concat(l.movedRows(RowsOf(effective)), l.movedTypes(TypesOf(effective)))
}

// Compare returns the first of [Lock.Moved] as an error, or nil.
func (l *Lock) Compare(effective document.Object) error {
	moved := l.Moved(effective)
	if len(moved) == 0 {
		return nil
	}
	first := moved[0].Says + ": names and shapes are locked; repair it in overlay-names.yaml or state it in changes.yaml, as " + moved[0].State
	if more := len(moved) - 1; more > 0 {
		first += fmt.Sprintf(" (and %d more)", more)
	}
	return errors.New(first)
}

func (l *Lock) movedRows(made []Row) []Moved {
	now, guesses := indexOf(made), guessRenames(l.Rows, made)
	var moved []Moved
	for _, old := range l.Rows {
		row, there, stated := l.successor(old, now)
		if stated {
			old.ID, old.Service = row.ID, row.Service
		}
		removal, removed := l.Changes.removal(old.Route())
		switch {
		case !there && removed && removal.Removed != l.Release, there && row.sameName(old) && (row.Shape == old.Shape || row.Shape == l.Changes.takes(row.Route(), l.Release)):
		case !there && removed:
			moved = append(moved, Moved{
				Says:  fmt.Sprintf("%s (%s) is stated as removed in %s and has to stay, deprecated, for that release", old.Route(), old.ID, l.Release),
				State: "removed.json, which make refresh writes", Row: old,
			})
		case !there:
			moved = append(moved, l.gone(old, guesses))
		case row.sameName(old):
			moved = append(moved, Moved{
				Says:  fmt.Sprintf("%s (%s) would take %s and not %s: the method would be %s", old.Route(), old.ID, row.Shape, old.Shape, row.signature),
				State: fmt.Sprintf("{route: %q, takes: %q, in: %q}", old.Route(), row.Shape, l.Release), Row: old,
			})
		default:
			moved = append(moved, Moved{
				Says: fmt.Sprintf("%s would change from %s (%s, takes %s) to %s (%s, takes %s)",
					old.Route(), old.ID, old.Service, old.Shape, row.ID, row.Service, row.Shape),
				State: fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, l.Release), Row: old, Now: row,
			})
		}
	}
	return moved
}

// successor returns the row that a committed row is now: the one of a stated rename, or of
// the same route, or of another route that the overlay gave the id of the old one.
func (l *Lock) successor(old Row, now index) (row Row, there, stated bool) {
	row, there = now.routes[old.Route()]
	if same, ok := now.ids[old.ID]; ok && !there && same.isRepaired() {
		row, there, stated = same, true, true
	}
	for _, id := range l.Changes.renamedTo(old.ID) {
		if renamed, ok := now.ids[id]; ok && (!there || row.ID == id) {
			row, there, stated = renamed, true, true
		}
	}
	return row, there, stated
}

// gone reports that an operation is gone, and which new operation is probably the same.
func (l *Lock) gone(old Row, guesses map[document.Route]Row) Moved {
	says := fmt.Sprintf("%s (%s) is gone from the document", old.Route(), old.ID)
	state := fmt.Sprintf("{route: %q, removed: %q}", old.Route(), l.Release)
	row, ok := guesses[old.Route()]
	if ok {
		says += fmt.Sprintf(", and %s (%s) is new: probably a rename", row.Route(), row.ID)
		state = fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, l.Release)
	}
	return Moved{Says: says, State: state, Row: old, Now: row}
}

func (l *Lock) movedTypes(made []Type) []Moved {
	now := map[string]Type{}
	for _, t := range made {
		now[t.Name] = t
	}
	var moved []Moved
	for _, old := range l.Types {
		t, there := now[old.Name]
		if there && t.Kind == old.Kind || l.typeIsStated(old, now) {
			continue
		}
		says := fmt.Sprintf("the type %s is gone", old.Name)
		if there {
			says = fmt.Sprintf("the type %s would change from %s to %s", old.Name, old.Kind, t.Kind)
		}
		moved = append(moved, Moved{Says: says, State: fmt.Sprintf("{type: %s, removed: %q}", old.Name, l.Release), Type: old})
	}
	return moved
}

// typeIsStated reports whether changes.yaml states what became of a type, or of the only
// operation that uses it.
func (l *Lock) typeIsStated(old Type, now map[string]Type) bool {
	for _, c := range l.Changes.Types {
		_, there := now[c.Type]
		if c.Removed != "" && c.Type == old.Name || c.From == old.Name && there {
			return true
		}
	}
	row, ok := indexOf(l.Rows).ids[old.Of]
	_, removed := l.Changes.removal(row.Route())
	return ok && (removed || len(l.Changes.renamedTo(row.ID)) > 0 || l.Changes.takes(row.Route(), l.Release) != "")
}

// guessRenames pairs removed operations with new ones. A pair has the same method and shape,
// and either the same id, or paths that differ in at most one segment and the same service,
// or ids that differ as that segment does (getHosts of /hosts, getContainers of
// /containers). Pairs with the longest common beginning of their ids come first; each
// operation is in one pair.
func guessRenames(before, after []Row) map[document.Route]Row {
	then, now := indexOf(before).routes, indexOf(after).routes
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

// swapped returns an id in lower case with another noun, singular or plural.
func swapped(id, from, to string) string {
	noun := func(segment string) string { return strings.TrimSuffix(strings.ToLower(segment), "s") }
	return strings.ReplaceAll(strings.ToLower(id), noun(from), noun(to))
}

// alike returns the length of the common beginning of two names.
func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// segmentsApart returns the number of segments in which two paths differ, and the last of
// them. Names of parameters do not count. Paths of different lengths differ in all segments.
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
