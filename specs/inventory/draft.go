package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// notDescribed ends the draft of a summary.
const notDescribed = "not described yet"

// Drafts are the tables with what a new contract asks of them: a line for each route
// that is new, none for a route that is gone. A new route is known since the contract's
// release; its summary only says that a human has to write it.
type Drafts struct {
	Summaries, Releases []byte   // texts of summaries.tsv and releases.tsv, nil where the product has none
	Undescribed         []string // METHOD /path of each operation whose summary is a draft
	Gone                []Moved  // committed operations that the contract has lost, unstated
}

// Draft makes the tables fit a contract, to which what its release removed was restored.
func (l *Lock) Draft(contract document.Object, rules *repair.Rules) (Drafts, error) {
	repaired, err := rules.Preview(contract)
	if err != nil {
		return Drafts{}, err
	}
	d := Drafts{Gone: l.lost(repaired)}
	if rules.Summaries != nil {
		d.Summaries = draftSummaries(repaired, rules.Summaries, &d)
	}
	if rules.Releases != nil {
		table := [][]string{{"method", "path", "since"}}
		for _, o := range document.Operations(contract) {
			since := rules.Releases[o.Route()]
			if since == "" {
				since = l.Release
			}
			table = append(table, []string{o.Method, o.Path, since})
		}
		d.Releases = writeTable(table)
	}
	return d, nil
}

func draftSummaries(repaired document.Object, summaries map[document.Route]repair.Summary, d *Drafts) []byte {
	table := [][]string{{"method", "path", "summary", "successor"}}
	all := document.Operations(repaired)
	for _, o := range all {
		s := summaries[o.Route()]
		if s.Text == "" {
			s.Text = fmt.Sprintf("calls %s, %s", o.Name(), notDescribed)
		}
		there := slices.ContainsFunc(all, func(next document.Operation) bool { return next.Name() == s.Successor })
		if !there || o.Object["deprecated"] != true {
			s.Successor = "" // it is gone too, or the vendor thought better of it
		}
		if strings.HasSuffix(s.Text, notDescribed) {
			d.Undescribed = append(d.Undescribed, o.Name())
		}
		table = append(table, []string{o.Method, o.Path, s.Text, s.Successor})
	}
	return writeTable(table)
}

// lost lists committed operations that a document has lost, before the steps ran,
// which stop at a repair that does not fit.
func (l *Lock) lost(repaired document.Object) []Moved {
	var made []Row
	for _, o := range document.Operations(repaired) {
		row := Row{ID: o.ID(), Method: o.Method, Path: o.Path}
		if tags := o.Object.List("tags"); len(tags) > 0 {
			row.Service = document.GoName(document.AsText(tags[0])) + "." + document.GoName(o.ID())
		}
		made = append(made, row)
	}
	committed := slices.Clone(l.Rows)
	for i := range committed {
		committed[i].Shape = "" // not settled yet
	}
	now, guesses := rowsByRoute(made), guessRenames(committed, made)
	var gone []Moved
	for _, old := range committed {
		at := old.Route()
		_, there := now[at]
		_, removed := l.Changes.removal(at)
		if !there && !removed && len(l.Changes.renamedTo(old.ID)) == 0 {
			gone = append(gone, l.gone(old, guesses))
		}
	}
	return gone
}
