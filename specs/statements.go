package specs

import (
	"fmt"
	"slices"
	"strings"
)

// CheckStatements proves that what changes.yaml states about the contract's own release
// is so in an effective document, and that removed.json keeps nothing of another. What
// is stated about other releases is history, or what a maintainer writes before a refresh.
func (p *Product) CheckStatements(effective Object) error {
	ids, here := map[string]bool{}, p.Release()
	for _, o := range operations(effective) {
		ids[o.id()] = true
	}
	for _, c := range p.changes.Operations {
		switch {
		case c.In == here && !ids[c.ID]:
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and no operation is called that: remove the line", c.From, c.ID, c.In)
		case c.In == here && ids[c.From] && !p.changes.arrivesAt(c.From, here):
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and both are there: remove the line", c.From, c.ID, c.In)
		case c.Removed == here && hasRoute(p.Contract, c.Route):
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and the contract has it: remove the line", c.Route, c.Removed)
		case c.Removed == here && !hasRoute(p.removed, c.Route):
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and removed.json does not have it: remove the line, or restore removed.json", c.Route, c.Removed)
		}
	}
	if err := p.checkTypeStatements(effective); err != nil {
		return err
	}
	for _, kept := range operations(p.removed) {
		if change, _ := p.changes.removal(route{kept.Method, kept.Path}); change.Removed != here {
			return fmt.Errorf("removed.json keeps %s, which %s removed, and the contract is of %s: take it out", kept.name(), change.Removed, here)
		}
	}
	return nil
}

func (p *Product) checkTypeStatements(effective Object) error {
	names := map[string]bool{}
	for _, t := range TypesOf(effective) {
		names[t.Name] = true
	}
	for _, c := range p.changes.Types {
		switch here := p.Release(); {
		case c.In == here && !names[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s is called %s since %s, and no type is called that: remove the line", c.From, c.Type, c.In)
		case c.Removed == here && names[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s was removed in %s, and it is there: remove the line", c.Type, c.Removed)
		}
	}
	return nil
}

// arrivesAt tells whether another operation has been given this id in a release.
func (c changes) arrivesAt(id, release string) bool {
	return slices.ContainsFunc(c.Operations, func(o operationChange) bool { return o.ID == id && o.In == release })
}

func hasRoute(document Object, name string) bool {
	method, path, _ := strings.Cut(name, " ")
	return object(object(document["paths"])[path])[strings.ToLower(method)] != nil
}
