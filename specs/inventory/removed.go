package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Restore gives a contract with the operations that its release removed, by changes.yaml:
// for that one release they come back, deprecated and marked, so that a program which
// uses one still compiles against it, and is told. They stand in removed.json as the
// contract before had them, so that the repairs of the overlay find their places.
func (l *Lock) Restore(contract document.Object) (document.Object, error) {
	here := contract.Text("info", "version")
	for _, lost := range document.Operations(l.Removed) {
		change, stated := l.Changes.removal(lost.Route())
		switch {
		case !stated:
			return nil, fmt.Errorf("removed.json has %s, and changes.yaml does not say which release removed it", lost.Name())
		case change.Removed != here:
			continue
		}
		contract = shallow(contract)
		paths := contract.Object("paths")
		item := document.Object{}
		maps.Copy(item, paths.Object(lost.Path))
		method := strings.ToLower(lost.Method)
		if item[method] != nil {
			return nil, fmt.Errorf("%s is in the contract again: take it out of removed.json and changes.yaml", lost.Name())
		}
		marked := document.Object{"deprecated": true, "x-removed": here}
		maps.Copy(marked, lost.Object)
		marked["deprecated"], marked["x-removed"] = true, here
		if change.Use != "" {
			marked["x-replacement"] = change.Use
		}
		if len(lost.Shared) > 0 {
			marked["parameters"] = slices.Concat(lost.Shared, lost.Object.List("parameters"))
		}
		item[method] = marked
		paths[lost.Path] = item
		addComponents(contract, l.Removed, lost.Object)
	}
	return contract, nil
}

// shallow copies a document as far down as restored writes into it.
func shallow(doc document.Object) document.Object {
	out := maps.Clone(doc)
	out["paths"] = maps.Clone(doc.Object("paths"))
	components := document.Object{}
	for kind, all := range doc.Object("components") {
		components[kind] = maps.Clone(document.AsObject(all))
	}
	out["components"] = components
	return out
}

// addComponents adds what an object of another document refers to, where the document
// has nothing of that name.
func addComponents(to, from document.Object, user any) {
	for _, reference := range document.References(user) {
		kind, name, ok := strings.Cut(strings.TrimPrefix(reference, "#/components/"), "/")
		value, found := document.LookUp(from, reference)
		if !ok || !found {
			continue
		}
		all := to.Object("components", kind)
		if all == nil {
			all = document.Object{}
			to.Object("components")[kind] = all
		}
		if all[name] == nil {
			all[name] = value
			addComponents(to, from, value)
		}
	}
}

// KeepRemoved is what removed.json has to hold: the operations that changes.yaml says
// this release removed, as the first of the earlier
// documents has them that has them at all: the contract before, its removed.json. Nil means that there are none.
func (l *Lock) KeepRemoved(contract document.Object, earlier ...document.Object) document.Object {
	kept := document.Object{"paths": document.Object{}, "components": document.Object{}}
	for _, change := range l.Changes.Operations {
		method, path, _ := strings.Cut(change.Route, " ")
		if change.Removed != l.Release || contract.Object("paths", path, strings.ToLower(method)) != nil {
			continue
		}
		for _, from := range earlier {
			item := from.Object("paths", path)
			lost := item.Object(strings.ToLower(method))
			if lost == nil {
				continue
			}
			paths := kept.Object("paths")
			if paths[path] == nil {
				paths[path] = document.Object{}
			}
			paths.Object(path)[strings.ToLower(method)] = lost
			if shared := item["parameters"]; shared != nil {
				paths.Object(path)["parameters"] = shared
			}
			addComponents(kept, from, item)
			break
		}
	}
	if len(kept.Object("paths")) == 0 {
		return nil
	}
	return kept
}
