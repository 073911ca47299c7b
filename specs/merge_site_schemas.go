package specs

import (
	"maps"
	"slices"
	"strings"
)

// object makes a component that is an object plain, once.
func (s *siteDocument) object(name string) Object {
	if plain, ok := s.plain[name]; ok {
		return plain
	}
	out := Object{}
	s.plain[name] = out
	maps.Copy(out, s.inline(object(s.raw[name]), []string{name}))
	return out
}

// simple makes a schema plain. A reference stays where it leads to an object;
// anything else that it leads to takes its place. within are the components that
// are being written out: one that contains itself becomes free-form there.
func (s *siteDocument) simple(schema Object, within []string) Object {
	if s.left--; s.left < 0 {
		return Object{}
	}
	name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix)
	if !ok {
		return s.inline(schema, within)
	}
	target := object(s.raw[name])
	if target["properties"] != nil {
		return Object{"$ref": schemaPrefix + name}
	}
	if slices.Contains(within, name) {
		return Object{}
	}
	return s.inline(target, append(slices.Clone(within), name))
}

func (s *siteDocument) inline(schema Object, within []string) Object {
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		if parts := list(schema[key]); parts != nil {
			return s.combined(key, schema, parts, within)
		}
	}
	out := Object{}
	for _, key := range []string{"nullable", "readOnly", "writeOnly", "deprecated"} {
		if schema[key] == true {
			out[key] = true
		}
	}
	switch {
	case text(schema["$ref"]) != "":
		return s.simple(schema, within)
	case schema["properties"] != nil:
		s.members(out, schema, within)
	case schema["items"] != nil:
		out["type"], out["items"] = "array", s.simple(object(schema["items"]), within)
	case text(schema["type"]) == "array":
		out["type"], out["items"] = "array", Object{}
	case text(schema["type"]) == "object" || schema["additionalProperties"] != nil:
		out["type"], out["additionalProperties"] = "object", s.simple(object(schema["additionalProperties"]), within)
	default:
		plainValue(out, schema)
	}
	return out
}

// members takes over the members of an object. One that is only read is never
// required: where the same object is sent, it would be sent as zero.
func (s *siteDocument) members(out, schema Object, within []string) {
	properties := Object{}
	for key, property := range object(schema["properties"]) {
		properties[key] = s.simple(object(property), within)
	}
	out["type"], out["properties"] = "object", properties
	var required []any
	for _, key := range list(schema["required"]) {
		if property := object(properties[text(key)]); property != nil && property["readOnly"] != true && !slices.Contains(required, key) {
			required = append(required, key)
		}
	}
	if required != nil {
		out["required"] = required
	}
}

// plainValue takes over a single value. Of the formats only the time, which has a Go
// type, and the password, which is not printed, are kept.
func plainValue(out, schema Object) {
	kind := text(schema["type"])
	if values := list(schema["enum"]); kind == "" && len(values) > 0 && text(values[0]) == values[0] {
		kind = "string"
	}
	switch kind {
	case "string", "integer", "number", "boolean":
		out["type"] = kind
	default:
		return
	}
	if kind != "string" {
		return
	}
	if format := text(schema["format"]); format == "date-time" || format == "password" {
		out["format"] = format
	}
	var values []any
	for _, value := range list(schema["enum"]) {
		switch v := value.(type) {
		case nil:
			out["nullable"] = true
		case string:
			values = append(values, v)
		}
	}
	if values != nil {
		out["enum"] = values
	}
}

// combined makes one schema of several: of a single part, of enumerations (which
// drf-spectacular joins with a blank and a null one), of the members of objects.
// Anything else is free-form.
func (s *siteDocument) combined(key string, schema Object, parts []any, within []string) Object {
	if len(within) > 20 {
		return Object{}
	}
	var found []Object
	flags := Object{}
	for _, key := range []string{"nullable", "readOnly", "writeOnly", "deprecated"} {
		if schema[key] == true {
			flags[key] = true
		}
	}
	for _, part := range parts {
		if isNullOnly(s.target(object(part))) {
			flags["nullable"] = true
			continue
		}
		found = append(found, s.simple(object(part), within))
	}
	var out Object
	switch {
	case len(found) == 1:
		out = found[0]
	case key == "allOf":
		out = s.joined(found)
	default:
		out = union(found)
	}
	out = maps.Clone(out)
	if out["$ref"] == nil {
		maps.Copy(out, flags)
	} else if flags["readOnly"] == true {
		out["readOnly"] = true // read here, and dropped where the schema is adopted
	}
	return out
}

func (s *siteDocument) target(schema Object) Object {
	if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
		return object(s.raw[name])
	}
	return schema
}

func isNullOnly(schema Object) bool {
	values := list(schema["enum"])
	return len(values) == 1 && values[0] == nil
}

// joined is an object with the members of all parts.
func (s *siteDocument) joined(parts []Object) Object {
	properties := Object{}
	var required []any
	for _, part := range parts {
		if name, ok := strings.CutPrefix(text(part["$ref"]), schemaPrefix); ok {
			part = s.object(name)
		}
		maps.Copy(properties, object(part["properties"]))
		required = append(required, list(part["required"])...)
	}
	if len(properties) == 0 {
		return Object{}
	}
	out := Object{"type": "object", "properties": properties}
	if required != nil {
		out["required"] = required
	}
	return out
}

func union(parts []Object) Object {
	var values []any
	for _, part := range parts {
		enum := list(part["enum"])
		if enum == nil {
			return Object{}
		}
		for _, value := range enum {
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		}
	}
	if values == nil {
		return Object{}
	}
	return Object{"type": "string", "enum": values}
}
