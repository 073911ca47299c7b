package specs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Moved is a committed name that would change or go, unstated.
type Moved struct {
	Says  string // one line
	State string // the line of changes.yaml that would state it
}

// MovedNames lists the rows of operations.tsv and of types.tsv that an effective
// document would change or lose although changes.yaml does not say so.
func (p *Product) MovedNames(effective Object) []Moved {
	return slices.Concat(p.movedRows(InventoryOf(effective)), p.movedTypes(TypesOf(effective)))
}

// CompareNames is MovedNames as an error of one line: the first of them.
func (p *Product) CompareNames(effective Object) error {
	moved := p.MovedNames(effective)
	if len(moved) == 0 {
		return nil
	}
	first := moved[0].Says + ": names and shapes are locked; repair it in overlay.yaml or state it in changes.yaml, as " + moved[0].State
	if more := len(moved) - 1; more > 0 {
		first += fmt.Sprintf(" (and %d more)", more)
	}
	return errors.New(first)
}

func (p *Product) movedRows(made []Row) []Moved {
	now, ids, guesses := rowsByRoute(made), map[string]Row{}, guessRenames(p.Inventory, made)
	for _, row := range made {
		ids[row.ID] = row
	}
	var moved []Moved
	for _, old := range p.Inventory {
		row, there := now[route{old.Method, old.Path}]
		for _, id := range p.changes.renamedTo(old.ID) {
			if renamed, ok := ids[id]; ok && (!there || row.ID == id) {
				row, there = renamed, true
				old.ID, old.Service = row.ID, row.Service
			}
		}
		removal, removed := p.changes.removal(route{old.Method, old.Path})
		switch {
		case !there && removed && removal.Removed != p.Release(), there && row.ID == old.ID && row.Service == old.Service && row.Shape == old.Shape:
		case !there && removed:
			moved = append(moved, p.notKept(old))
		case !there:
			moved = append(moved, p.gone(old, guesses))
		default:
			moved = append(moved, p.changed(old, row))
		}
	}
	return moved
}

func (p *Product) notKept(old Row) Moved {
	return Moved{
		fmt.Sprintf("%s %s (%s) is stated as removed in %s and has to stay, deprecated, for that release", old.Method, old.Path, old.ID, p.Release()),
		"removed.json, which make refresh writes",
	}
}

// gone says that an operation is gone, and what it might be called now.
func (p *Product) gone(old Row, guesses map[route]Row) Moved {
	says := fmt.Sprintf("%s %s (%s) is gone from the document", old.Method, old.Path, old.ID)
	state := fmt.Sprintf("{route: %q, removed: %q}", old.Method+" "+old.Path, p.Release())
	if row, ok := guesses[route{old.Method, old.Path}]; ok {
		says += fmt.Sprintf(", and %s %s (%s) is new: a rename, by guess", row.Method, row.Path, row.ID)
		state = fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, p.Release())
	}
	return Moved{says, state}
}

func (p *Product) changed(old, row Row) Moved {
	return Moved{
		fmt.Sprintf("%s %s would change from %s (%s, takes %s) to %s (%s, takes %s)",
			old.Method, old.Path, old.ID, old.Service, old.Shape, row.ID, row.Service, row.Shape),
		fmt.Sprintf("{id: %s, from: %s, in: %q}", row.ID, old.ID, p.Release()),
	}
}

// guessRenames pairs operations that are gone with operations that are new: of one
// method and shape, and of one id, or with paths that differ in a segment at most and
// either of one service or with ids that differ as the segments do (getHosts of /hosts,
// getContainers of /containers). Those whose ids begin alike are paired first, and each
// only once.
func guessRenames(before, after []Row) map[route]Row {
	then, now := rowsByRoute(before), rowsByRoute(after)
	type pair struct {
		old, row Row
		alike    int
	}
	var pairs []pair
	for _, old := range before {
		if _, there := now[route{old.Method, old.Path}]; there {
			continue
		}
		for _, row := range after {
			if _, known := then[route{row.Method, row.Path}]; !known && couldBe(old, row) {
				pairs = append(pairs, pair{old, row, alike(old.ID, row.ID)})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.alike - a.alike })
	found, taken := map[route]Row{}, map[route]bool{}
	for _, p := range pairs {
		from, to := route{p.old.Method, p.old.Path}, route{p.row.Method, p.row.Path}
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
		if left[i] != right[i] && (!isParameter(left[i]) || !isParameter(right[i])) {
			from, to, apart = left[i], right[i], apart+1
		}
	}
	return from, to, apart
}
