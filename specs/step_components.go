package specs

import (
	"maps"
	"slices"
	"strings"
)

const schemaPrefix = "#/components/schemas/"

func schemas(document Object) Object {
	return object(object(document["components"])["schemas"])
}

// A side is one direction of an operation: what is sent, or what is answered.
type side func(operation) []place

func answers(o operation) []place {
	var out []place
	responses := object(o.Object["responses"])
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		out = append(out, place{object(responses[status]), responseRule, status})
	}
	return out
}

func requests(o operation) []place {
	var out []place
	for _, parameter := range o.parameters() {
		out = append(out, place{parameter, parameterRule, ""})
	}
	return append(out, place{object(o.Object["requestBody"]), requestBodyRule, ""})
}

// reachable names the components that the operations need on one side, directly
// or through other components.
func reachable(document Object, s side) map[string]bool {
	var start []place
	for _, o := range operations(document) {
		start = append(start, s(o)...)
	}
	return reachableFrom(document, start)
}

func reachableFrom(document Object, start []place) map[string]bool {
	found := map[string]bool{}
	var follow func(place)
	follow = func(from place) {
		walkFrom(from, func(p place) {
			name, ok := strings.CutPrefix(text(p.object["$ref"]), schemaPrefix)
			if !ok || found[name] {
				return
			}
			found[name] = true
			follow(place{object(schemas(document)[name]), schemaRule, name})
		})
	}
	for _, from := range start {
		follow(from)
	}
	return found
}

func unusedComponentsGo(r *repairing) error {
	used := reachable(r.document, answers)
	maps.Copy(used, reachable(r.document, requests))
	all := schemas(r.document)
	maps.DeleteFunc(all, func(name string, _ any) bool { return !used[name] })
	components := object(r.document["components"])
	for _, kind := range []string{"requestBodies", "parameters", "headers"} {
		if len(object(components[kind])) == 0 {
			delete(components, kind)
		}
	}
	return nil
}

// sharedTypesSplit gives the sending side of a component that is also answered a
// type of its own, NameInput.
func sharedTypesSplit(r *repairing) error {
	answered, sent := reachable(r.document, answers), reachable(r.document, requests)
	all := schemas(r.document)
	both := map[string]bool{}
	for name := range sent {
		if answered[name] && object(all[name])["properties"] != nil {
			both[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if all[name+"Input"] != nil {
			return collision(name+"Input", "the sending side of "+name, "a component of that name")
		}
		all[name+"Input"] = clone(all[name])
	}
	redirect := func(p place) {
		if name, ok := strings.CutPrefix(text(p.object["$ref"]), schemaPrefix); ok && both[name] {
			p.object["$ref"] = schemaPrefix + name + "Input"
		}
	}
	for name := range sent {
		switch {
		case both[name]:
			walkFrom(place{object(all[name+"Input"]), schemaRule, name}, redirect)
		case !answered[name]:
			walkFrom(place{object(all[name]), schemaRule, name}, redirect)
		}
	}
	for _, o := range operations(r.document) {
		for _, start := range requests(o) {
			walkFrom(start, redirect)
		}
	}
	return nil
}

func clone(value any) any {
	switch v := value.(type) {
	case Object:
		out := make(Object, len(v))
		for key, member := range v {
			out[key] = clone(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = clone(item)
		}
		return out
	default:
		return value
	}
}
