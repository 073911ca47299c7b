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
	var d Drafts
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
