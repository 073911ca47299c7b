package repair

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

func objectsHaveType(r *repairing) error {
	document.WalkSchemas(r.document, func(schema document.Object, _ string) {
		if schema["properties"] != nil && schema["type"] == nil {
			schema["type"] = "object"
		}
	})
	return nil
}

var exampleKey = regexp.MustCompile(`^(\d+|0x[0-9a-f:]+|.*<.*>.*)$`)

func exampleKeysAreMaps(r *repairing) error {
	document.WalkSchemas(r.document, func(schema document.Object, _ string) {
		properties := schema.Object("properties")
		if len(properties) == 0 {
			return
		}
		keys := properties.Keys()
		for _, key := range keys {
			if !exampleKey.MatchString(key) {
				return
			}
		}
		delete(schema, "properties")
		delete(schema, "required")
		schema["additionalProperties"] = properties[keys[0]]
	})
	return nil
}

func cursorsAreText(r *repairing) error {
	for _, o := range document.Operations(r.document) {
		cursor := cursorOf(r.document, o)
		if cursor == nil || cursor["description"] != nil { // the overlay described it
			continue
		}
		clear(cursor)
		cursor["x-go-type"] = "string"
		cursor["description"] = "Cursor of the next page, as text whatever its JSON type; empty on the last page."
	}
	return nil
}

// freeFormStaysRaw makes raw JSON of each schema of a response that describes no shape.
func freeFormStaysRaw(r *repairing) error {
	received := document.Reachable(r.document, document.Responses)
	mark := func(schema document.Object) {
		if schema["x-go-type"] != nil || schema["$ref"] != nil || schema["enum"] != nil ||
			schema["properties"] != nil || schema["additionalProperties"] != nil || schema["items"] != nil || schema["oneOf"] != nil {
			return
		}
		if kind := schema.Text("type"); kind == "" || kind == "object" {
			schema["x-go-type"] = "json.RawMessage"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(received)) {
		schema := document.Schemas(r.document).Object(name)
		document.WalkFrom(document.Place{Object: schema, Rule: document.SchemaRule, Key: name}, func(p document.Place) {
			if p.Rule == document.SchemaRule {
				mark(p.Object)
			}
		})
	}
	for _, o := range document.Operations(r.document) {
		document.WalkFrom(document.Place{Object: o.Success(), Rule: document.ResponseRule, Key: ""}, func(p document.Place) {
			if p.Rule == document.SchemaRule {
				mark(p.Object)
			}
		})
	}
	return nil
}

func unusedComponentsGo(r *repairing) error {
	used := document.Reachable(r.document, document.Responses)
	maps.Copy(used, document.Reachable(r.document, document.Requests))
	all := document.Schemas(r.document)
	maps.DeleteFunc(all, func(name string, _ any) bool { return !used[name] })
	components := r.document.Object("components")
	delete(components, "requestBodies")
	delete(components, "parameters")
	if len(components.Object("headers")) == 0 {
		delete(components, "headers")
	}
	return nil
}

// refersTo reports whether a list, a map or alternatives hold one of some components.
func refersTo(schema document.Object, names map[string]bool) bool {
	found := false
	document.WalkFrom(document.Place{Object: schema, Rule: document.SchemaRule}, func(p document.Place) {
		name, ok := p.Object.SchemaRef()
		found = found || ok && names[name]
	})
	return found
}

// sharedTypesSplit makes a second type, NameInput, of a component that is both sent and
// returned, for the requests.
func sharedTypesSplit(r *repairing) error {
	received, sent := document.Reachable(r.document, document.Responses), document.Reachable(r.document, document.Requests)
	all := document.Schemas(r.document)
	both := map[string]bool{}
	for before := -1; before < len(both); {
		before = len(both)
		for name := range sent {
			both[name] = both[name] || received[name] && (all.Object(name)["properties"] != nil || refersTo(all.Object(name), both))
		}
		maps.DeleteFunc(both, func(_ string, split bool) bool { return !split })
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
		if p.Rule == document.DiscriminatorRule {
			mapping := p.Object.Object("mapping")
			for value, target := range mapping {
				if both[strings.TrimPrefix(document.AsText(target), document.SchemaPrefix)] {
					mapping[value] = document.AsText(target) + "Input"
				}
			}
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
