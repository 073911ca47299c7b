package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listingFile is the exported Go API of the last release, one exported thing a row. It
// stands beside the tables that lock the names of operations and types, and below no
// product, since most packages belong to both.
//
// No generation writes it: it says what programs were promised, and a listing that
// followed the code would always agree with it. It is written at a release, before the
// tag, by `go run ./specs/refresh api -write`, and read where there is no tag: before
// the first release, and in a tree that came without git's history.
const listingFile = "specs/api.tsv"

var listingColumns = []string{"package", "kind", "name", "shape"}

// An apiRow is an exported thing as specs/refresh/diff lists it; see there.
type apiRow struct{ Package, Kind, Name, Shape string }

// owner is the type that a field or method belongs to, "" for what stands by itself.
func (e apiRow) owner() string {
	name, _, found := strings.Cut(withoutReceiver.Replace(e.Name), ".")
	if !found {
		return ""
	}
	return name
}

// exports lists what the packages of a tree export now.
func (p project) exports(ctx context.Context, root string) ([]apiRow, error) {
	var found []apiRow
	err := p.compareTool(ctx, &found, append([]string{"listing", absolute(root)}, promised...)...)
	return found, err
}

func (p project) writeListing(ctx context.Context) error {
	found, err := p.exports(ctx, p.root)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(strings.Join(listingColumns, "\t") + "\n")
	for _, e := range found {
		text.WriteString(strings.Join([]string{e.Package, e.Kind, e.Name, e.Shape}, "\t") + "\n")
	}
	p.say("%s: %d exported things", listingFile, len(found))
	return write(filepath.Join(p.root, listingFile), []byte(text.String()))
}

func (p project) readListing() ([]apiRow, error) {
	text, err := os.ReadFile(filepath.Join(p.root, listingFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no release is tagged and %s is not there, so nothing says what programs were promised: go run ./specs/refresh api -write", listingFile)
	}
	if err != nil {
		return nil, err
	}
	var found []apiRow
	for i, line := range strings.Split(strings.TrimSuffix(string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), "\n"), "\n") {
		column := strings.Split(line, "\t")
		if len(column) != len(listingColumns) {
			return nil, fmt.Errorf("%s: line %d has %d columns, want %d", listingFile, i+1, len(column), len(listingColumns))
		}
		if i > 0 {
			found = append(found, apiRow{column[0], column[1], column[2], column[3]})
		}
	}
	return found, nil
}

// compareListings says what went away, changed or was added, by the rules of apidiff as
// far as rows can tell. What belongs to a type that is gone or new is not said again.
func compareListings(older, newer []apiRow) []packageChange {
	before, after := rowsOf(older), rowsOf(newer)
	var changes []packageChange
	add := func(e apiRow, compatible bool, says string) {
		changes = append(changes, packageChange{e.Package, e.Name + ": " + says, compatible})
	}
	packages := packagesOf(newer)
	for _, old := range older {
		now, there := after[key(old)]
		switch {
		case !packages[old.Package]:
			lost := packageChange{Package: old.Package, Text: "the package is gone"}
			if !slices.Contains(changes, lost) {
				changes = append(changes, lost)
			}
		case !there && gone(after, old):
		case !there:
			add(old, false, "removed")
		case now != old:
			compatible, says := reshaped(old, now)
			add(old, compatible, says)
		}
	}
	for _, e := range newer {
		if _, there := before[key(e)]; there || gone(before, e) {
			continue
		}
		add(e, !demanded(after, e), "added")
	}
	return changes
}

// reshaped says in the words of apidiff how a thing that is still there changed.
func reshaped(old, now apiRow) (compatible bool, says string) {
	oldType, oldValue, constant := strings.Cut(old.Shape, " = ")
	newType, newValue, _ := strings.Cut(now.Shape, " = ")
	switch {
	case now.Kind != old.Kind:
		return false, "changed from " + old.Kind + " to " + now.Kind
	case now.Name != old.Name:
		return strings.HasPrefix(old.Name, "(*"), "is a method of " + now.Name[:strings.LastIndexByte(now.Name, '.')] + " now"
	case now.Shape == old.Shape+notComparable:
		return false, noLongerComparable
	case now.Shape+notComparable == old.Shape:
		return true, "old is not comparable, new is"
	case old.Kind == "const" && constant && oldType == newType:
		return false, "value changed from " + oldValue + " to " + newValue
	default:
		return false, "changed from " + old.Shape + " to " + now.Shape
	}
}

func packagesOf(rows []apiRow) map[string]bool {
	found := map[string]bool{}
	for _, e := range rows {
		found[e.Package] = true
	}
	return found
}

// notComparable ends the shape of a type whose values == refuses.
const notComparable = ", not comparable"

// sealedInterface is in the shape of an interface that no other package implements.
const sealedInterface = "of this package's types alone"

// demanded tells a method that whoever implements the interface has to write now.
func demanded(rows map[[2]string]apiRow, e apiRow) bool {
	return e.Kind == "interface method" && !strings.Contains(rows[[2]string{e.Package, e.owner()}].Shape, sealedInterface)
}

func key(e apiRow) [2]string { return [2]string{e.Package, withoutReceiver.Replace(e.Name)} }

// withoutReceiver makes T.Method of (*T).Method.
var withoutReceiver = strings.NewReplacer("(*", "", ")", "")

func rowsOf(all []apiRow) map[[2]string]apiRow {
	rows := map[[2]string]apiRow{}
	for _, e := range all {
		rows[key(e)] = e
	}
	return rows
}

// gone tells a member whose type the rows do not have.
func gone(rows map[[2]string]apiRow, e apiRow) bool {
	if e.owner() == "" {
		return false
	}
	_, there := rows[[2]string{e.Package, e.owner()}]
	return !there
}
