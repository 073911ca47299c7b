package document

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Combine rewrites the combined schemas of a document in place, so that each has one Go type:
//
//	allOf                       one schema with what all parts state
//	oneOf, anyOf                the part, if there is one, or a scalar, if all are of one type
//	  with a discriminator      oneOf of components, with a mapping of every value
//	  of constraints only       the schema without them
//	  otherwise                 a free schema, which is raw JSON
//
// A component with a discriminator and without alternatives stands for the components that
// are combined of it. Combine returns a line for each place that became raw JSON. The document
// must have passed [CheckReferences].
func Combine(document Object) []string {
	c := &combiner{document: document, base: map[string]Object{}, done: map[string]bool{}}
	c.inherit()
	for _, name := range Schemas(document).Keys() {
		c.component(name)
	}
	Walk(document, func(p Place) { c.combine(p) })
	WalkSchemas(document, func(schema Object, _ string) { delete(schema, alternatives) })
	var lines []string
	for _, at := range PointersTo(document, c.freed) {
		lines = append(lines, fmt.Sprintf("raw JSON: %s is one of several types, and no discriminator says which", at))
	}
	return lines
}

// alternatives marks a schema that became raw JSON, until all are combined.
const alternatives = "x-alternatives"

type combiner struct {
	document Object
	base     map[string]Object // what a discriminated component gives those that are combined of it
	done     map[string]bool
	freed    []Object // the schemas that became raw JSON
}

// inherit makes alternatives of a component with a discriminator: the components that are
// combined of it.
func (c *combiner) inherit() {
	all := Schemas(c.document)
	for _, name := range all.Keys() {
		schema := all.Object(name)
		if schema.Text("discriminator", "propertyName") == "" || schema["oneOf"] != nil || schema["anyOf"] != nil {
			continue
		}
		var parts []any
		for _, other := range all.Keys() {
			for _, part := range all.List(other, "allOf") {
				if ref, _ := AsObject(part).SchemaRef(); ref == name {
					parts = append(parts, RefTo(other))
				}
			}
		}
		discriminator := schema.Object("discriminator")
		delete(schema, "discriminator")
		if parts != nil {
			c.base[name] = schema
			all[name] = Object{"oneOf": parts, "discriminator": discriminator}
		}
	}
}

// component combines a component before those that are combined of it.
func (c *combiner) component(name string) {
	if c.done[name] {
		return
	}
	c.done[name] = true
	for _, schema := range []Object{c.base[name], Schemas(c.document).Object(name)} {
		WalkFrom(Place{schema, SchemaRule, name}, c.combine)
	}
}

func (c *combiner) combine(p Place) {
	if p.Rule != SchemaRule {
		return
	}
	if p.Object["allOf"] != nil {
		c.all(p.Object)
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if p.Object[key] != nil {
			c.any(p.Object, key)
		}
	}
	if p.Object["oneOf"] == nil {
		delete(p.Object, "discriminator")
	}
}

// beside are the keywords beside a combination that do not change its type.
var beside = []string{"nullable", "readOnly", "writeOnly", "deprecated", "default"}

// all makes one schema of the parts of allOf and the keywords beside it.
func (c *combiner) all(schema Object) {
	parts := schema.List("allOf")
	delete(schema, "allOf")
	if len(parts) == 1 {
		only := true
		for key := range schema {
			only = only && (slices.Contains(beside, key) || strings.HasPrefix(key, "x-"))
		}
		if ref, ok := AsObject(parts[0])["$ref"]; ok && only {
			schema["$ref"] = ref
			return
		}
	}
	nullable := schema["nullable"] == true
	for _, part := range parts {
		c.join(schema, c.resolved(AsObject(part)))
	}
	if delete(schema, "nullable"); nullable {
		schema["nullable"] = true
	}
}

// resolved returns a copy of a part, combined, and without references.
func (c *combiner) resolved(part Object) Object {
	for {
		name, ok := part.SchemaRef()
		if !ok {
			return AsObject(Clone(part))
		}
		c.component(name)
		part = Schemas(c.document).Object(name)
		if base := c.base[name]; base != nil {
			part = base
		}
	}
}

// join adds what a part states to a schema. Of what both state, objects are joined, and the
// part counts otherwise.
func (c *combiner) join(schema, part Object) {
	for key, value := range part {
		switch has := schema[key]; {
		case has == nil:
			schema[key] = value
		case key == "required":
			for _, name := range part.List(key) {
				if !slices.Contains(schema.List(key), name) {
					schema[key] = append(schema.List(key), name)
				}
			}
		case key == "properties":
			properties := schema.Object(key)
			for name, property := range part.Object(key) {
				before, after := properties.Object(name), AsObject(property)
				if before["properties"] != nil && after["properties"] != nil {
					c.join(before, after)
				} else if len(after) > 0 || before == nil {
					properties[name] = property
				}
			}
		case key == "oneOf" || key == "anyOf":
			c.raw(schema)
		case key != "additionalProperties" || has == false:
			schema[key] = value
		}
	}
	if schema[alternatives] == true || schema["oneOf"] != nil && len(schema.Object("properties")) > 0 {
		c.raw(schema)
	}
}

// shape are the keywords that say what a value is; the others only constrain it.
var shape = []string{"$ref", "type", "enum", "properties", "items", "additionalProperties", "oneOf", "anyOf", alternatives}

func hasShape(schema Object) bool {
	return slices.ContainsFunc(shape, func(key string) bool { return schema[key] != nil })
}

// any settles the alternatives of a schema.
func (c *combiner) any(schema Object, key string) {
	discriminator := schema.Object("discriminator")
	var parts []Object
	constrained := false
	for _, value := range schema.List(key) {
		part := AsObject(value)
		target := Resolve(c.document, part)
		if values := target.List("enum"); len(values) == 1 && values[0] == nil || len(target) == 1 && target["nullable"] == true {
			schema["nullable"] = true
			continue
		}
		constrained = constrained || !hasShape(part)
		if !slices.ContainsFunc(parts, func(other Object) bool { return reflect.DeepEqual(other, part) }) {
			parts = append(parts, part)
		}
	}
	switch {
	case constrained && schema["type"] != nil || constrained && schema["properties"] != nil, len(parts) == 0:
		delete(schema, key)
	case len(parts) == 1 && !constrained && discriminator == nil:
		delete(schema, key)
		schema["allOf"] = append(schema.List("allOf"), parts[0])
		c.all(schema)
	case discriminator.Text("propertyName") != "" && c.discriminate(schema, parts):
	default:
		delete(schema, key)
		if scalar := c.scalar(parts); scalar != nil && schema["properties"] == nil {
			c.join(schema, scalar)
			return
		}
		c.raw(schema)
	}
}

// discriminate completes the mapping of a discriminator. It reports false if a part is no
// component of an object.
func (c *combiner) discriminate(schema Object, parts []Object) bool {
	given := schema.Object("discriminator", "mapping")
	mapping, refs := Object{}, []any{}
	for _, part := range parts {
		name, ok := part.SchemaRef()
		if c.component(name); !ok || Resolve(c.document, part)["properties"] == nil {
			return false
		}
		stated := false
		for _, value := range given.Keys() {
			if target := given.Text(value); target == name || target == SchemaPrefix+name {
				mapping[value], stated = SchemaPrefix+name, true
			}
		}
		if !stated {
			mapping[name] = SchemaPrefix + name
		}
		refs = append(refs, RefTo(name))
	}
	property := schema.Text("discriminator", "propertyName")
	maps.DeleteFunc(schema, func(key string, _ any) bool { return key != "nullable" && !strings.HasPrefix(key, "x-") })
	schema["oneOf"], schema["discriminator"] = refs, Object{"propertyName": property, "mapping": mapping}
	return true
}

// scalar returns one schema for parts that are all of one scalar type, or nil.
func (c *combiner) scalar(parts []Object) Object {
	var out Object
	for _, part := range parts {
		next := c.resolved(part)
		kind := next.Text("type")
		if values := next.List("enum"); kind == "" && len(values) > 0 && AsText(values[0]) == values[0] {
			kind = "string"
		}
		if kind == "" || kind == "object" || kind == "array" {
			return nil
		}
		next = Object{"type": kind, "format": next["format"], "enum": next["enum"]}
		switch {
		case out == nil:
			out = next
			continue
		case out["type"] != kind:
			return nil
		case out["format"] != next["format"]:
			out["format"] = nil
		}
		if out["enum"] == nil || next["enum"] == nil {
			out["enum"] = nil
			continue
		}
		for _, value := range next.List("enum") {
			if !slices.Contains(out.List("enum"), value) {
				out["enum"] = append(slices.Clip(out.List("enum")), value)
			}
		}
	}
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out
}

// raw makes a free schema of one whose alternatives have no common Go type.
func (c *combiner) raw(schema Object) {
	c.freed = append(c.freed, schema)
	maps.DeleteFunc(schema, func(key string, _ any) bool { return !slices.Contains(beside, key) && !strings.HasPrefix(key, "x-") })
	delete(schema, "default")
	schema[alternatives] = true
}
