package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// from31 rewrites a document of OpenAPI 3.1 in place as one of 3.0, where that can say the
// same. It returns a line for each place where it cannot, which becomes raw JSON or loses a
// constraint. A schema of several losses has the line of the last.
func from31(doc document.Object) []string {
	d := downgrade{}
	doc["openapi"] = "3.0.3"
	document.WalkFrom(document.Place{Object: doc, Rule: document.DocumentRule}, d.place)
	var lines []string
	for i, at := range document.PointersTo(doc, d.about) {
		lines = append(lines, d.lines[i]+" at "+at+", which OpenAPI 3.0 cannot say")
	}
	return lines
}

type downgrade struct {
	about []document.Object // the schemas that 3.0 cannot say
	lines []string          // what is lost of each
}

func (d *downgrade) place(p document.Place) {
	for _, key := range slices.Sorted(maps.Keys(p.Rule.Members())) {
		member := p.Rule.Members()[key]
		switch {
		case member.Rule != document.SchemaRule || member.Shape == document.Boolean:
		case member.Shape == document.Named:
			for name, value := range p.Object.Object(key) {
				if isBoolean(value) {
					p.Object.Object(key)[name] = document.Object{}
				}
			}
		case member.Shape == document.Many:
			for i, value := range p.Object.List(key) {
				if isBoolean(value) {
					p.Object.List(key)[i] = document.Object{}
				}
			}
		case isBoolean(p.Object[key]): // a schema that allows everything, or nothing
			p.Object[key] = document.Object{}
		}
	}
	if p.Rule == document.SchemaRule {
		d.schema(p.Object)
	}
}

func isBoolean(value any) bool {
	_, ok := value.(bool)
	return ok
}

// onlySaid are the keywords that say nothing about values.
var onlySaid = []string{"$ref", "description", "summary", "title", "example", "examples", "deprecated", "default", "readOnly", "writeOnly", "externalDocs"}

func (d *downgrade) schema(schema document.Object) {
	d.types(schema)
	d.alternatives(schema)
	if value, ok := schema["const"]; ok {
		delete(schema, "const")
		schema["enum"] = []any{value}
	}
	for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		if limit, ok := schema[exclusive].(json.Number); ok {
			schema[bound], schema[exclusive] = limit, true
		}
	}
	switch {
	case schema["type"] != "string" || schema["format"] != nil:
	case schema["contentEncoding"] == "base64":
		schema["format"] = "byte"
	case schema["contentMediaType"] == "application/octet-stream":
		schema["format"] = "binary"
	}
	delete(schema, "contentEncoding")
	delete(schema, "contentMediaType")
	if schema["$ref"] != nil {
		siblings(schema)
	}
	d.maps(schema)
	for _, keyword := range []string{"$defs", "definitions", "$id", "$schema", "$anchor"} {
		delete(schema, keyword)
	}
	for _, keyword := range []string{"if", "then", "else", "dependentSchemas", "dependentRequired", "contains", "minContains", "maxContains",
		"propertyNames", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor"} {
		if _, ok := schema[keyword]; ok {
			delete(schema, keyword)
			d.lose(schema, "left out: %s", keyword)
		}
	}
}

// lose notes what 3.0 cannot say of a schema.
func (d *downgrade) lose(schema document.Object, format string, arguments ...any) {
	d.about, d.lines = append(d.about, schema), append(d.lines, fmt.Sprintf(format, arguments...))
}

// types makes one type of a list of types: null means nullable, and several are raw JSON.
func (d *downgrade) types(schema document.Object) {
	types, ok := schema["type"].([]any)
	if !ok {
		if schema["type"] != "null" {
			return
		}
		types = []any{"null"}
	}
	rest := slices.DeleteFunc(slices.Clone(types), func(kind any) bool { return kind == "null" })
	if len(rest) < len(types) {
		schema["nullable"] = true
	}
	delete(schema, "type")
	switch {
	case len(rest) == 1:
		schema["type"] = rest[0]
	case len(rest) == 2 && slices.Contains(rest, any("integer")) && slices.Contains(rest, any("number")):
		schema["type"] = "number"
	case len(rest) > 1:
		delete(schema, "format")
		d.lose(schema, "raw JSON: one of the types %v", rest)
	}
}

// alternatives takes null out of the alternatives of a schema.
func (d *downgrade) alternatives(schema document.Object) {
	for _, key := range []string{"oneOf", "anyOf"} {
		parts := schema.List(key)
		rest := slices.DeleteFunc(slices.Clone(parts), func(part any) bool {
			o := document.AsObject(part)
			return len(o) == 1 && o["nullable"] == true // of the type null
		})
		if len(rest) == len(parts) {
			continue
		}
		schema["nullable"] = true
		if schema[key] = rest; len(rest) == 0 {
			delete(schema, key)
		}
	}
}

// siblings makes a combination of a reference and the keywords beside it.
func siblings(schema document.Object) {
	beside := document.Object{}
	for key, value := range schema {
		if !slices.Contains(onlySaid, key) && !strings.HasPrefix(key, "x-") {
			beside[key] = value
			delete(schema, key)
		}
	}
	reference := schema["$ref"]
	for _, key := range onlySaid {
		delete(schema, key)
	}
	if len(beside) == 0 {
		schema["$ref"] = reference
		return
	}
	parts := append([]any{document.Object{"$ref": reference}}, beside.List("allOf")...)
	delete(beside, "allOf")
	if beside["nullable"] == true {
		delete(beside, "nullable")
		schema["nullable"] = true
	}
	if len(beside) > 0 {
		parts = append(parts, beside)
	}
	schema["allOf"] = parts
}

// maps makes additionalProperties of the patterns of names, and items of a tuple.
func (d *downgrade) maps(schema document.Object) {
	if patterns := schema.Object("patternProperties"); patterns != nil {
		delete(schema, "patternProperties")
		schema["additionalProperties"] = document.Object{}
		if keys := patterns.Keys(); len(keys) == 1 {
			schema["additionalProperties"] = patterns[keys[0]]
			document.WalkFrom(document.Place{Object: patterns.Object(keys[0]), Rule: document.SchemaRule, Key: keys[0]}, d.place)
		} else {
			d.lose(schema, "raw JSON: several patterns of names")
		}
	}
	if schema.List("prefixItems") != nil {
		delete(schema, "prefixItems")
		schema["items"] = document.Object{}
		d.lose(schema, "raw JSON: items that differ by position")
	}
	if schema["type"] == "array" && schema["items"] == nil {
		schema["items"] = document.Object{}
	}
}
