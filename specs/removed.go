package specs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (p *Product) readRemoved(text []byte) (err error) {
	p.removed, err = Decode(text)
	return err
}

// restored is a contract with the operations that its release removed, by changes.yaml:
// for that one release they come back, deprecated and marked, so that a program which
// uses one still compiles against it, and is told. They stand in removed.json as the
// contract before had them, so that the repairs of the overlay find their places.
func (p *Product) restored(contract Object) (Object, error) {
	here := text(object(contract["info"])["version"])
	for _, lost := range operations(p.removed) {
		change, stated := p.changes.removal(route{lost.Method, lost.Path})
		switch {
		case !stated:
			return nil, fmt.Errorf("removed.json has %s, and changes.yaml does not say which release removed it", lost.name())
		case change.Removed != here:
			continue
		}
		contract = shallow(contract)
		paths := object(contract["paths"])
		item := Object{}
		maps.Copy(item, object(paths[lost.Path]))
		method := strings.ToLower(lost.Method)
		if item[method] != nil {
			return nil, fmt.Errorf("%s is in the contract again: take it out of removed.json and changes.yaml", lost.name())
		}
		marked := Object{"deprecated": true, "x-removed": here}
		maps.Copy(marked, lost.Object)
		marked["deprecated"], marked["x-removed"] = true, here
		if len(lost.shared) > 0 {
			marked["parameters"] = slices.Concat(lost.shared, list(lost.Object["parameters"]))
		}
		item[method] = marked
		paths[lost.Path] = item
		addComponents(contract, p.removed, lost.Object)
	}
	return contract, nil
}

// shallow copies a document as far down as restored writes into it.
func shallow(document Object) Object {
	out := maps.Clone(document)
	out["paths"] = maps.Clone(object(document["paths"]))
	components := Object{}
	for kind, all := range object(document["components"]) {
		components[kind] = maps.Clone(object(all))
	}
	out["components"] = components
	return out
}

// addComponents adds what an object of another document refers to, where the document
// has nothing of that name.
func addComponents(to, from Object, user any) {
	for _, reference := range referencesIn(user) {
		kind, name, ok := strings.Cut(strings.TrimPrefix(reference, "#/components/"), "/")
		value, found := lookUp(from, reference)
		if !ok || !found {
			continue
		}
		all := object(object(to["components"])[kind])
		if all == nil {
			all = Object{}
			object(to["components"])[kind] = all
		}
		if all[name] == nil {
			all[name] = value
			addComponents(to, from, value)
		}
	}
}

func referencesIn(value any) []string {
	var found []string
	switch v := value.(type) {
	case Object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if reference, ok := v[key].(string); ok && key == "$ref" {
				found = append(found, reference)
			}
			found = append(found, referencesIn(v[key])...)
		}
	case []any:
		for _, item := range v {
			found = append(found, referencesIn(item)...)
		}
	}
	return found
}

// KeepRemoved is what removed.json has to hold: the operations that changes.yaml says
// this release removed, as an earlier contract of the product has them, or as
// removed.json had them already. Nil means that there are none.
func (p *Product) KeepRemoved(earlier *Product) Object {
	kept := Object{"paths": Object{}, "components": Object{}}
	for _, change := range p.changes.Operations {
		method, path, _ := strings.Cut(change.Route, " ")
		if change.Removed != p.Release() || object(object(object(p.Contract["paths"])[path])[strings.ToLower(method)]) != nil {
			continue
		}
		for _, from := range []Object{earlier.Contract, earlier.removed} {
			item := object(object(from["paths"])[path])
			lost := object(item[strings.ToLower(method)])
			if lost == nil {
				continue
			}
			paths := object(kept["paths"])
			if paths[path] == nil {
				paths[path] = Object{}
			}
			object(paths[path])[strings.ToLower(method)] = lost
			if shared := item["parameters"]; shared != nil {
				object(paths[path])["parameters"] = shared
			}
			addComponents(kept, from, item)
			break
		}
	}
	if len(object(kept["paths"])) == 0 {
		return nil
	}
	return kept
}

// nameReplacement says on an operation that its release removed what to use instead.
func (p *Product) nameReplacement(document Object, o operation, release string) error {
	change, _ := p.changes.removal(route{o.Method, o.Path})
	gone := "release " + release + " has it no more and answers 404; the next release of this package drops it"
	if change.Use == "" {
		o.Object["x-deprecated-reason"] = gone + "."
		return nil
	}
	if err := nameSuccessor(document, o, change.Use); err != nil {
		return err
	}
	o.Object["x-deprecated-reason"] = gone + ": " + text(o.Object["x-deprecated-reason"])
	return nil
}
