package contract

import (
	"encoding/json"

	"github.com/hotcold-go/hotcold/specs/document"
)

// An evidence looks at the examples of a document before they are dropped, and writes what
// they show into the format of a number: "double" if a value has a fraction, "uint64" if one
// exceeds 2^63-1. A format that is there stays if it says the same.
type evidence struct{ document document.Object }

// keepEvidence looks at all examples: of schemas, of parameters, and of media types.
func keepEvidence(doc document.Object) {
	e := evidence{doc}
	document.Walk(doc, func(p document.Place) {
		schema := p.Object
		switch p.Rule {
		case document.SchemaRule:
		case document.ParameterRule, document.MediaTypeRule, document.HeaderRule:
			schema = p.Object.Object("schema")
		default:
			return
		}
		if value, ok := p.Object["example"]; ok {
			e.look(schema, value, 0)
		}
		for _, value := range p.Object.List("examples") {
			e.look(schema, value, 0)
		}
		if p.Rule == document.SchemaRule {
			return
		}
		for _, name := range p.Object.Object("examples").Keys() {
			example := p.Object.Object("examples", name)
			if target, ok := document.LookUp(doc, example.Text("$ref")); ok && example.Text("$ref") != "" {
				example = document.AsObject(target)
			}
			e.look(schema, example["value"], 0)
		}
	})
}

// maxEvidence bounds the levels of an example.
const maxEvidence = 100

// look follows an example into its schema.
func (e evidence) look(schema document.Object, value any, depth int) {
	schema = document.Resolve(e.document, schema)
	if schema == nil || depth > maxEvidence {
		return
	}
	for _, part := range schema.List("allOf") {
		e.look(document.AsObject(part), value, depth+1)
	}
	switch v := value.(type) {
	case document.Object:
		for name, member := range v {
			if property := schema.Object("properties", name); property != nil {
				e.look(property, member, depth+1)
			} else {
				e.look(schema.Object("additionalProperties"), member, depth+1)
			}
		}
	case []any:
		for _, item := range v {
			e.look(schema.Object("items"), item, depth+1)
		}
	case json.Number:
		e.note(schema, v.String())
	case string:
		e.note(schema, v)
	}
}

// note writes the format that a value of a number shows.
func (e evidence) note(schema document.Object, text string) {
	kind := schema["type"]
	if kind != "number" && kind != "integer" {
		return
	}
	switch shows := document.FormatOf(text); {
	case shows == document.Fractional:
		schema["type"], schema["format"] = "number", document.Fractional
	case shows == document.Unsigned && schema["format"] != document.Fractional:
		schema["format"] = document.Unsigned
	}
}
