package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Changes is changes.yaml: which committed names were renamed or removed, and in which
// release. A name that moves without a statement is an error. Statements of earlier releases
// stay as history.
type Changes struct {
	Operations []operationChange `yaml:"operations"`
	Types      []typeChange      `yaml:"types"`
}

// An operationChange states that an operation of operations.tsv has another id (id, from,
// in), was removed (route, removed), or takes a body or params that it did not take, or the
// reverse (route, takes, in).
type operationChange struct {
	ID   string `yaml:"id"`   // the operationId now
	From string `yaml:"from"` // the committed operationId
	In   string `yaml:"in"`   // the release that renamed it

	Route   string `yaml:"route"`   // METHOD /path
	Removed string `yaml:"removed"` // the release that removed it
	Use     string `yaml:"use"`     // METHOD /path of the replacement, if there is one
	Takes   string `yaml:"takes"`   // the shape since the release of in: -, body, params, body+params
}

// A typeChange states the same of a type of types.tsv.
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
	for i, o := range c.Operations {
		renames := o.ID != "" && o.From != "" && o.In != "" && o.Route+o.Removed+o.Use+o.Takes == ""
		removes := o.Route != "" && o.Removed != "" && o.ID+o.From+o.In+o.Takes == ""
		reshapes := o.Route != "" && o.Takes != "" && o.In != "" && o.ID+o.From+o.Removed+o.Use == ""
		if !renames && !removes && !reshapes {
			return c, fmt.Errorf("operation %d must state either id, from and in, or route and removed, or route, takes and in", i+1)
		}
	}
	for i, t := range c.Types {
		renames := t.From != "" && t.In != "" && t.Removed == ""
		removes := t.Removed != "" && t.From+t.In == ""
		if t.Type == "" || renames == removes {
			return c, fmt.Errorf("type %d must state either type, from and in, or type and removed", i+1)
		}
	}
	return c, nil
}

// renamedTo returns the ids that an operation was renamed to.
func (c Changes) renamedTo(from string) []string {
	var ids []string
	for _, o := range c.Operations {
		if o.From == from {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// removal returns the last statement that a route was removed.
func (c Changes) removal(at document.Route) (operationChange, bool) {
	for _, o := range slices.Backward(c.Operations) {
		if o.Route == at.String() && o.Removed != "" {
			return o, true
		}
	}
	return operationChange{}, false
}

// takes returns the shape that a route is stated to have since a release, or "".
func (c Changes) takes(at document.Route, release string) string {
	for _, o := range c.Operations {
		if o.Route == at.String() && o.In == release {
			return o.Takes
		}
	}
	return ""
}

// CheckStatements returns an error if a statement of changes.yaml about the release of the
// contract is not true of the effective document, or if removed.json has an operation of
// another release. Statements about other releases are history, or prepare a refresh.
func (l *Lock) CheckStatements(contract, effective document.Object) error {
	ids, types, here := map[string]bool{}, map[string]bool{}, l.Release
	for _, o := range document.Operations(effective) {
		ids[o.ID()] = true
	}
	for _, t := range TypesOf(effective) {
		types[t.Name] = true
	}
	// Another operation may have got the old id in the same release.
	isReused := func(id string) bool {
		return slices.ContainsFunc(l.Changes.Operations, func(o operationChange) bool { return o.ID == id && o.In == here })
	}
	for _, c := range l.Changes.Operations {
		switch {
		case c.In == here && c.Takes != "":
			if shape := document.Find(effective, c.Route).Text("x-shape"); shape != c.Takes {
				return fmt.Errorf("changes.yaml states that %s takes %s since %s, and it takes %q: remove the line", c.Route, c.Takes, c.In, shape)
			}
		case c.In == here && !ids[c.ID]:
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and no operation is called that: remove the line", c.From, c.ID, c.In)
		case c.In == here && ids[c.From] && !isReused(c.From):
			return fmt.Errorf("changes.yaml states that %s is called %s since %s, and both are there: remove the line", c.From, c.ID, c.In)
		case c.Removed == here && document.Find(contract, c.Route) != nil:
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and the contract has it: remove the line", c.Route, c.Removed)
		case c.Removed == here && document.Find(l.Removed, c.Route) == nil:
			return fmt.Errorf("changes.yaml states that %s was removed in %s, and removed.json does not have it: remove the line, or restore removed.json", c.Route, c.Removed)
		}
	}
	for _, c := range l.Changes.Types {
		switch {
		case c.In == here && !types[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s is called %s since %s, and no type is called that: remove the line", c.From, c.Type, c.In)
		case c.Removed == here && types[c.Type]:
			return fmt.Errorf("changes.yaml states that the type %s was removed in %s, and it is there: remove the line", c.Type, c.Removed)
		}
	}
	for _, kept := range document.Operations(l.Removed) {
		if change, _ := l.Changes.removal(kept.Route()); change.Removed != here {
			return fmt.Errorf("removed.json keeps %s, which %s removed, and the contract is of %s: remove it there", kept.Name(), change.Removed, here)
		}
	}
	return nil
}

// Restore returns a contract with the operations that its release removed by changes.yaml.
// They stay for this release, deprecated and marked by x-removed, so that programs that use
// them still compile. removed.json has them as the contract before had them, so that the
// actions of the overlay find their places.
func (l *Lock) Restore(contract document.Object) (document.Object, error) {
	here, cloned := document.Release(contract), false
	for _, lost := range document.Operations(l.Removed) {
		change, stated := l.Changes.removal(lost.Route())
		switch {
		case !stated:
			return nil, fmt.Errorf("removed.json has %s, and changes.yaml does not say which release removed it", lost.Name())
		case change.Removed != here:
			continue
		case document.Find(contract, lost.Name()) != nil:
			return nil, fmt.Errorf("%s is in the contract again: remove it from removed.json and changes.yaml", lost.Name())
		}
		if !cloned {
			contract, cloned = document.AsObject(document.Clone(contract)), true
		}
		marked := maps.Clone(lost.Object)
		marked["deprecated"], marked["x-removed"] = true, here
		if change.Use != "" {
			marked["x-replacement"] = change.Use
		}
		if len(lost.Shared) > 0 {
			marked["parameters"] = slices.Concat(lost.Shared, lost.Object.List("parameters"))
		}
		addMember(contract.Object("paths"), lost.Path)[strings.ToLower(lost.Method)] = marked
		addComponents(contract, l.Removed, lost.Object)
	}
	return contract, nil
}

// KeepRemoved returns removed.json: the operations that this release removed by
// changes.yaml, each from the first of the earlier documents that has it. It returns nil if
// there are none.
func (l *Lock) KeepRemoved(contract document.Object, earlier ...document.Object) document.Object {
	kept := document.Object{"paths": document.Object{}, "components": document.Object{}}
	for _, change := range l.Changes.Operations {
		if change.Removed != l.Release || document.Find(contract, change.Route) != nil {
			continue
		}
		method, path, _ := strings.Cut(change.Route, " ")
		for _, from := range earlier {
			lost := document.Find(from, change.Route)
			if lost == nil {
				continue
			}
			item := addMember(kept.Object("paths"), path)
			item[strings.ToLower(method)] = lost
			if shared := from.Object("paths", path)["parameters"]; shared != nil {
				item["parameters"] = shared
			}
			addComponents(kept, from, from.Object("paths", path))
			break
		}
	}
	if len(kept.Object("paths")) == 0 {
		return nil
	}
	return kept
}

// addMember returns an object that is a member of another, and adds it if there is none.
func addMember(to document.Object, name string) document.Object {
	if to[name] == nil {
		to[name] = document.Object{}
	}
	return to.Object(name)
}

// addComponents adds the components that a value of another document refers to, unless the
// document has one of that name.
func addComponents(to, from document.Object, user any) {
	for _, reference := range document.References(user) {
		kind, name, ok := strings.Cut(strings.TrimPrefix(reference, "#/components/"), "/")
		value, found := document.LookUp(from, reference)
		if !ok || !found {
			continue
		}
		if all := addMember(addMember(to, "components"), kind); all[name] == nil {
			all[name] = value
			addComponents(to, from, value)
		}
	}
}
