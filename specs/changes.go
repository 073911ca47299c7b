package specs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"gopkg.in/yaml.v3"
)

// changes are what changes.yaml states: which committed names moved or went, and in
// which release. A name that moves without a statement fails. A statement of an older
// release stays, as history that MIGRATING.md can be read beside.
type changes struct {
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

func (p *Product) readChanges(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p.changes); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for i, c := range p.changes.Operations {
		renames := c.ID != "" && c.From != "" && c.In != "" && c.Route+c.Removed+c.Use == ""
		removes := c.Route != "" && c.Removed != "" && c.ID+c.From+c.In == ""
		if renames == removes {
			return fmt.Errorf("operation %d must state either id, from and in, or route and removed", i+1)
		}
	}
	for i, c := range p.changes.Types {
		renames := c.From != "" && c.In != "" && c.Removed == ""
		removes := c.Removed != "" && c.From+c.In == ""
		if c.Type == "" || renames == removes {
			return fmt.Errorf("type %d must state either type, from and in, or type and removed", i+1)
		}
	}
	return nil
}

// renamedFrom is the id that an operation with this one had before, "" if none is stated.
func (c changes) renamedTo(from string) []string {
	var ids []string
	for _, change := range c.Operations {
		if change.From == from {
			ids = append(ids, change.ID)
		}
	}
	return ids
}

// removal is what is stated about a route that is gone.
func (c changes) removal(at route) (operationChange, bool) {
	for _, change := range slices.Backward(c.Operations) { // the last word on it
		if change.Route == at.method+" "+at.path {
			return change, true
		}
	}
	return operationChange{}, false
}

// Release is the release that the contract says it is of.
func (p *Product) Release() string { return text(object(p.Contract["info"])["version"]) }
