package repair

import (
	"maps"
	"slices"

	"github.com/hotcold-go/hotcold/specs/document"
)

func unusedComponentsGo(r *repairing) error {
	used := document.Reachable(r.document, document.Responses)
	maps.Copy(used, document.Reachable(r.document, document.Requests))
	all := document.Schemas(r.document)
	maps.DeleteFunc(all, func(name string, _ any) bool { return !used[name] })
	components := r.document.Object("components")
	for _, kind := range []string{"requestBodies", "parameters", "headers"} {
		if len(components.Object(kind)) == 0 {
			delete(components, kind)
		}
	}
	return nil
}

// sharedTypesSplit makes a second type, NameInput, of a component that is both sent and
// returned, for the requests.
func sharedTypesSplit(r *repairing) error {
	received, sent := document.Reachable(r.document, document.Responses), document.Reachable(r.document, document.Requests)
	all := document.Schemas(r.document)
	both := map[string]bool{}
	for name := range sent {
		if received[name] && all.Object(name)["properties"] != nil {
			both[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if all[name+"Input"] != nil {
			return collision(name+"Input", "the type of requests of "+name, "a component of that name")
		}
		all[name+"Input"] = document.Clone(all[name])
	}
	redirect := func(p document.Place) {
		if name, ok := p.Object.SchemaRef(); ok && both[name] {
			p.Object["$ref"] = document.SchemaPrefix + name + "Input"
		}
	}
	for name := range sent {
		switch {
		case both[name]:
			document.WalkFrom(document.Place{Object: all.Object(name + "Input"), Rule: document.SchemaRule, Key: name}, redirect)
		case !received[name]:
			document.WalkFrom(document.Place{Object: all.Object(name), Rule: document.SchemaRule, Key: name}, redirect)
		}
	}
	for _, o := range document.Operations(r.document) {
		for _, start := range document.Requests(o) {
			document.WalkFrom(start, redirect)
		}
	}
	return nil
}
