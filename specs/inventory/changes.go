package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Changes are what changes.yaml states: which committed names moved or went, and in
// which release. A name that moves without a statement fails. A statement of an older
// release stays, as history that MIGRATING.md can be read beside.
type Changes struct {
	Operations []operationChange `yaml:"operations"`
	Types      []typeChange      `yaml:"types"`
}

// An operationChange says that a row of operations.tsv has another id now (id, from),
// or that its operation is no more (route, removed).
type operationChange struct {
	ID   string `yaml:"id"`   // the operationId now
	From string `yaml:"from"` // the operationId as committed
	In   string `yaml:"in"`   // the release that renamed it

	Route   string `yaml:"route"`   // METHOD /path of an operation that is gone
	Removed string `yaml:"removed"` // the release that removed it
	Use     string `yaml:"use"`     // METHOD /path of what takes its place, if anything does
}

// A typeChange says the same of a row of types.tsv.
type typeChange struct {
	Type    string `yaml:"type"`
	From    string `yaml:"from"`
	In      string `yaml:"in"`
	Removed string `yaml:"removed"`
}

// ReadChanges reads changes.yaml.
func ReadChanges(text []byte) (c Changes, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, err
	}
	for i, one := range c.Operations {
		renames := one.ID != "" && one.From != "" && one.In != "" && one.Route+one.Removed+one.Use == ""
		removes := one.Route != "" && one.Removed != "" && one.ID+one.From+one.In == ""
		if renames == removes {
			return c, fmt.Errorf("operation %d must state either id, from and in, or route and removed", i+1)
		}
	}
	for i, one := range c.Types {
		renames := one.From != "" && one.In != "" && one.Removed == ""
		removes := one.Removed != "" && one.From+one.In == ""
		if one.Type == "" || renames == removes {
			return c, fmt.Errorf("type %d must state either type, from and in, or type and removed", i+1)
		}
	}
	return c, nil
}

// renamedFrom is the id that an operation with this one had before, "" if none is stated.
func (c Changes) renamedTo(from string) []string {
	var ids []string
	for _, change := range c.Operations {
		if change.From == from {
			ids = append(ids, change.ID)
		}
	}
	return ids
}

// removal is what is stated about a route that is gone.
func (c Changes) removal(at document.Route) (operationChange, bool) {
	for _, change := range slices.Backward(c.Operations) { // the last word on it
		if change.Route == at.Method+" "+at.Path {
			return change, true
		}
	}
	return operationChange{}, false
}

// CheckStatements proves that what changes.yaml states about the contract's own release
// is so in an effective document, and that removed.json keeps nothing of another. What
// is stated about other releases is history, or what a maintainer writes before a refresh.
func (l *Lock) CheckStatements(contract, effective document.Object) error {
	ids, here := map[string]bool{}, l.Release
	for _, o := range document.Operations(effective) {
		ids[o.ID()] = true
	}
	for _, c := range l.Changes.Operations {
		switch {
		case c.In == here && !ids[c.ID]:
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and no operation is called that: remove the line", c.From, c.ID, c.In)
		case c.In == here && ids[c.From] && !l.Changes.arrivesAt(c.From, here):
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and both are there: remove the line", c.From, c.ID, c.In)
		case c.Removed == here && document.Find(contract, c.Route) != nil:
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and the contract has it: remove the line", c.Route, c.Removed)
		case c.Removed == here && document.Find(l.Removed, c.Route) == nil:
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and removed.json does not have it: remove the line, or restore removed.json", c.Route, c.Removed)
		}
	}
	if err := l.checkTypeStatements(effective); err != nil {
		return err
	}
	for _, kept := range document.Operations(l.Removed) {
		if change, _ := l.Changes.removal(kept.Route()); change.Removed != here {
			return fmt.Errorf("removed.json keeps %s, which %s removed, and the contract is of %s: take it out", kept.Name(), change.Removed, here)
		}
	}
	return nil
}

func (l *Lock) checkTypeStatements(effective document.Object) error {
	names := map[string]bool{}
	for _, t := range TypesOf(effective) {
		names[t.Name] = true
	}
	for _, c := range l.Changes.Types {
		switch here := l.Release; {
		case c.In == here && !names[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s is called %s since %s, and no type is called that: remove the line", c.From, c.Type, c.In)
		case c.Removed == here && names[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s was removed in %s, and it is there: remove the line", c.Type, c.Removed)
		}
	}
	return nil
}

// arrivesAt tells whether another operation has been given this id in a release.
func (c Changes) arrivesAt(id, release string) bool {
	return slices.ContainsFunc(c.Operations, func(o operationChange) bool { return o.ID == id && o.In == release })
}
