package specs

import (
	"maps"
	"slices"
	"strings"
)

// A place is one object of a document met on a walk: what kind it is by the
// grammar, and the key under which it stands.
type place struct {
	object Object
	rule   *rule
	key    string
}

// walk visits every object of a document in a fixed order, children before their
// parents, so that a visitor may replace what a parent holds.
func walk(document Object, visit func(place)) {
	walkFrom(place{document, documentRule, ""}, visit)
}

func walkFrom(p place, visit func(place)) {
	if p.object == nil {
		return
	}
	for _, inner := range p.rule.inner {
		value, ok := p.object[inner.key]
		if !ok {
			continue
		}
		switch inner.shape {
		case many:
			for _, item := range list(value) {
				walkFrom(place{object(item), inner.rule, inner.key}, visit)
			}
		case named:
			values := object(value)
			for _, name := range slices.Sorted(maps.Keys(values)) {
				walkFrom(place{object(values[name]), inner.rule, name}, visit)
			}
		default:
			walkFrom(place{object(value), inner.rule, inner.key}, visit)
		}
	}
	visit(p)
}

// walkSchemas visits every schema below and including one place of the document.
func walkSchemas(document Object, visit func(schema Object, key string)) {
	walk(document, func(p place) {
		if p.rule == schemaRule {
			visit(p.object, p.key)
		}
	})
}

// An operation is one method of one path, with what stands there.
type operation struct {
	Path, Method string // the method in upper case
	Object       Object
	shared       []any // parameters of the path item
}

func (o operation) id() string { return text(o.Object["operationId"]) }

// name is how errors call the operation, whether or not it has an id.
func (o operation) name() string { return o.Method + " " + o.Path }

// parameters are those of the operation and those that its path shares.
func (o operation) parameters() []Object {
	var out []Object
	for _, value := range slices.Concat(o.shared, list(o.Object["parameters"])) {
		out = append(out, object(value))
	}
	return out
}

// operations lists a document's operations by path, and within a path in the order of methods.
func operations(document Object) []operation {
	var out []operation
	paths := object(document["paths"])
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := object(paths[path])
		for _, method := range methods {
			if o := object(item[method]); o != nil {
				out = append(out, operation{path, strings.ToUpper(method), o, list(item["parameters"])})
			}
		}
	}
	return out
}
