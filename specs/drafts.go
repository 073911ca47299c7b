package specs

import (
	"fmt"
	"slices"
	"strings"
)

// notDescribed ends a summary that Drafts wrote: nobody has read the operation yet.
const notDescribed = "which nobody has described yet"

// Drafts are the tables with what a new contract asks of them: a line for each route
// that is new, none for a route that is gone. A new route is known since the contract's
// release; its summary only says that a human has to write it.
type Drafts struct {
	Summaries, Releases []byte   // texts of summaries.tsv and releases.tsv, nil where the product has none
	Undescribed         []string // METHOD /path of each operation whose summary is a draft
	Gone                []Moved  // committed operations that the contract has lost, unstated
}

// Draft makes the tables fit the contract.
func (p *Product) Draft() (Drafts, error) {
	contract, err := p.restored(p.Contract)
	if err != nil {
		return Drafts{}, err
	}
	planned, err := planOverlay(contract, p.overlay, true)
	if err != nil {
		return Drafts{}, err
	}
	repaired, err := planned.without(nobody)
	if err != nil {
		return Drafts{}, err
	}
	d := Drafts{Gone: p.lost(repaired)}
	if p.summaries != nil {
		d.Summaries = p.draftSummaries(repaired, &d)
	}
	if p.releases != nil {
		table := [][]string{{"method", "path", "since"}}
		for _, o := range operations(contract) {
			since := p.releases[route{o.Method, o.Path}]
			if since == "" {
				since = p.Release()
			}
			table = append(table, []string{o.Method, o.Path, since})
		}
		d.Releases = writeTable(table)
	}
	return d, nil
}

func (p *Product) draftSummaries(repaired Object, d *Drafts) []byte {
	table := [][]string{{"method", "path", "summary", "successor"}}
	all := operations(repaired)
	for _, o := range all {
		s := p.summaries[route{o.Method, o.Path}]
		if s.text == "" {
			s.text = fmt.Sprintf("calls %s, %s", o.name(), notDescribed)
		}
		there := slices.ContainsFunc(all, func(next operation) bool { return next.name() == s.successor })
		if !there || o.Object["deprecated"] != true {
			s.successor = "" // it is gone too, or the vendor thought better of it
		}
		if strings.HasSuffix(s.text, notDescribed) {
			d.Undescribed = append(d.Undescribed, o.name())
		}
		table = append(table, []string{o.Method, o.Path, s.text, s.successor})
	}
	return writeTable(table)
}

// lost lists committed operations that a document has lost, before the steps ran,
// which stop at a repair that does not fit.
func (p *Product) lost(repaired Object) []Moved {
	var made []Row
	for _, o := range operations(repaired) {
		row := Row{ID: o.id(), Method: o.Method, Path: o.Path}
		if tags := list(o.Object["tags"]); len(tags) > 0 {
			row.Service = GoName(text(tags[0])) + "." + GoName(o.id())
		}
		made = append(made, row)
	}
	committed := slices.Clone(p.Inventory)
	for i := range committed {
		committed[i].Shape = "" // not settled yet
	}
	now, guesses := rowsByRoute(made), guessRenames(committed, made)
	var gone []Moved
	for _, old := range committed {
		at := route{old.Method, old.Path}
		_, there := now[at]
		_, removed := p.changes.removal(at)
		if !there && !removed && len(p.changes.renamedTo(old.ID)) == 0 {
			gone = append(gone, p.gone(old, guesses))
		}
	}
	return gone
}
