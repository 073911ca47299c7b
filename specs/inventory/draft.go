package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// notDescribed ends the draft of a summary.
const notDescribed = "not described yet"

// Drafts are the tables for a new contract: with a line for each new route, and without the
// removed ones. The summary of a new route is a draft.
type Drafts struct {
	Summaries, Releases []byte   // texts of summaries.tsv and releases.tsv, nil if the product has none
	Undescribed         []string // METHOD /path of each operation whose summary is a draft
	Gone                []Moved  // committed operations that the contract has lost without a statement
}

// Draft makes the tables for a contract that was restored, see [Lock.Restore].
func (l *Lock) Draft(contract document.Object, rules *repair.Rules) (Drafts, error) {
	repaired, err := rules.Preview(contract)
	if err != nil {
		return Drafts{}, err
	}
	d := Drafts{Gone: l.lost(repaired, rules)}
	if rules.Summaries != nil {
		d.Summaries = draftSummaries(repaired, rules.Summaries, rules.Merged, &d)
	}
	if rules.Releases != nil {
		table := [][]string{{"method", "path", "since"}}
		for _, o := range document.Operations(contract) {
			table = append(table, []string{o.Method, o.Path, cmp.Or(rules.Releases[o.Route()], l.Release)})
		}
		d.Releases = writeTable(table)
	}
	return d, nil
}

// says makes a summary of an operationId that a merge made of a route: createSchedule
// "creates a schedule", pauseJob "calls pause of a job".
func says(id string) string {
	words := document.Words(id)
	for i := range words {
		words[i] = strings.ToLower(words[i])
	}
	verb, noun := words[0], strings.Join(words[1:], " ")
	article := "a "
	if strings.HasPrefix(noun, "a") || strings.HasPrefix(noun, "e") || strings.HasPrefix(noun, "i") || strings.HasPrefix(noun, "o") {
		article = "an "
	}
	switch verb {
	case "list":
		return "lists " + noun
	case "get":
		return "returns the " + noun
	case "update":
		return "changes members of " + article + noun
	case "create", "replace", "delete":
		return verb + "s " + article + noun
	}
	return "calls " + verb + " of " + article + noun
}

// draftSummaries writes a line for each operation. That of a new one is a draft, and of a
// site's document, which is merged into a contract of ours, what its name says.
func draftSummaries(repaired document.Object, summaries map[document.Route]repair.Summary, merged bool, d *Drafts) []byte {
	table := [][]string{{"method", "path", "summary", "successor"}}
	all := document.Operations(repaired)
	for _, o := range all {
		s := summaries[o.Route()]
		switch {
		case s.Text == "" && merged:
			s.Text = says(o.ID())
		case s.Text == "":
			s.Text = fmt.Sprintf("calls %s, %s", o.Name(), notDescribed)
		}
		there := slices.ContainsFunc(all, func(next document.Operation) bool { return next.Name() == s.Successor })
		if !there || o.Object["deprecated"] != true {
			s.Successor = "" // it is gone, or the operation is no longer deprecated
		}
		if strings.HasSuffix(s.Text, notDescribed) {
			d.Undescribed = append(d.Undescribed, o.Name())
		}
		table = append(table, []string{o.Method, o.Path, s.Text, s.Successor})
	}
	return writeTable(table)
}

// lost lists the committed operations that a document has lost. The general steps have not
// run, because they stop at the first repair that does not fit.
func (l *Lock) lost(repaired document.Object, rules *repair.Rules) []Moved {
	var made []Row
	for _, o := range document.Operations(repaired) {
		row := Row{ID: o.ID(), Method: o.Method, Path: o.Path}
		if tags := o.Object.List("tags"); len(tags) > 0 {
			row.Service = rules.Names.Service(document.AsText(tags[0])) + "." + document.GoName(o.ID())
		}
		made = append(made, row)
	}
	committed := slices.Clone(l.Rows)
	for i := range committed {
		committed[i].Shape = "" // not known before the steps
	}
	now, guesses := indexOf(made).routes, guessRenames(committed, made)
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
