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
	now, ids := rowsByRoute(made), map[string]Row{}
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
			moved = append(moved, p.gone(old, made))
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

// gone guesses whether an operation that is gone has another name now: one that is
// new, with the same method and a path of the same outline or the same service and shape.
func (p *Product) gone(old Row, made []Row) Moved {
	says := fmt.Sprintf("%s %s (%s) is gone from the document", old.Method, old.Path, old.ID)
	state := fmt.Sprintf("{route: %s %s, removed: %q}", old.Method, old.Path, p.Release())
	if row, ok := GuessRename(old, p.Inventory, made); ok {
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

// GuessRename looks among the rows that are made and not committed for the one that an
// operation which is gone might be called now.
func GuessRename(gone Row, committed, made []Row) (Row, bool) {
	before := rowsByRoute(committed)
	for _, row := range made {
		if _, known := before[route{row.Method, row.Path}]; known || row.Method != gone.Method || row.Shape != gone.Shape {
			continue
		}
		service, _, _ := strings.Cut(gone.Service, ".")
		sameService := strings.HasPrefix(row.Service, service+".")
		if row.ID == gone.ID || sameService && oneSegmentApart(gone.Path, row.Path) {
			return row, true
		}
	}
	return Row{}, false
}

// oneSegmentApart tells whether two paths differ in one segment at most, whatever
// their parameters are called.
func oneSegmentApart(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	if len(left) != len(right) {
		return false
	}
	apart := 0
	for i := range left {
		if left[i] != right[i] && !(isParameter(left[i]) && isParameter(right[i])) {
			apart++
		}
	}
	return apart <= 1
}
