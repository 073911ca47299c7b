package document

import (
	"maps"
	"slices"
)

// A rule says which members one kind of OpenAPI 3.0 object may have, and what
// stands under each. It is how Strip tells the keyword "description" from a
// property that is named description: only the grammar knows which is which.
type Rule struct {
	Members map[string]Member
	inner   []innerMember // those that hold objects, by key: where a walk goes on
}

type innerMember struct {
	key string
	Member
}

// A member is what stands under one keyword.
type Member struct {
	Shape shape
	Rule  *Rule // of the object, of each list item, or of each value; nil for data
}

type shape int

const (
	Data    shape = iota // any JSON, kept as it is (a type, an enum, a default)
	One                  // an object of the rule
	Many                 // a list of such objects
	Named                // an object whose keys are names and whose values obey the rule
	Boolean              // an object of the rule, or true or false (additionalProperties)
)

// The rules refer to each other in circles (a schema holds schemas), so they are
// filled in by init and not where they are declared.
var (
	DocumentRule, PathItemRule, OperationRule, ParameterRule, requestBodyRule = new(Rule), new(Rule), new(Rule), new(Rule), new(Rule)
	ResponseRule, headerRule, mediaTypeRule, encodingRule, SchemaRule         = new(Rule), new(Rule), new(Rule), new(Rule), new(Rule)
	componentsRule, securitySchemeRule, flowRule, serverRule, TagRule         = new(Rule), new(Rule), new(Rule), new(Rule), new(Rule)
	infoRule, discriminatorRule                                               = new(Rule), new(Rule)
)

func init() {
	DocumentRule.Members = keywords("openapi", "security").
		with("info", One, infoRule).with("servers", Many, serverRule).with("tags", Many, TagRule).
		with("paths", Named, PathItemRule).with("components", One, componentsRule)
	infoRule.Members = keywords("title", "version")
	serverRule.Members = keywords("url", "variables")
	TagRule.Members = keywords("name")
	PathItemRule.Members = keywords("$ref").with("parameters", Many, ParameterRule).with("servers", Many, serverRule)
	for _, method := range Methods {
		PathItemRule.Members[method] = Member{One, OperationRule}
	}
	OperationRule.Members = keywords("operationId", "tags", "deprecated", "security").
		with("parameters", Many, ParameterRule).with("requestBody", One, requestBodyRule).
		with("responses", Named, ResponseRule).with("servers", Many, serverRule)
	ParameterRule.Members = keywords("$ref", "name", "in", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved").
		with("schema", One, SchemaRule).with("content", Named, mediaTypeRule)
	headerRule.Members = ParameterRule.Members
	requestBodyRule.Members = keywords("$ref", "required").with("content", Named, mediaTypeRule)
	ResponseRule.Members = keywords("$ref").with("content", Named, mediaTypeRule).with("headers", Named, headerRule)
	mediaTypeRule.Members = keywords().with("schema", One, SchemaRule).with("encoding", Named, encodingRule)
	encodingRule.Members = keywords("contentType", "style", "explode", "allowReserved").with("headers", Named, headerRule)
	SchemaRule.Members = schemaKeywords()
	discriminatorRule.Members = keywords("propertyName", "mapping")
	componentsRule.Members = keywords().
		with("schemas", Named, SchemaRule).with("responses", Named, ResponseRule).with("parameters", Named, ParameterRule).
		with("requestBodies", Named, requestBodyRule).with("headers", Named, headerRule).with("securitySchemes", Named, securitySchemeRule)
	securitySchemeRule.Members = keywords("$ref", "type", "name", "in", "scheme", "bearerFormat", "openIdConnectUrl").with("flows", Named, flowRule)
	flowRule.Members = keywords("authorizationUrl", "tokenUrl", "refreshUrl", "scopes")
	for _, r := range []*Rule{DocumentRule, PathItemRule, OperationRule, ParameterRule, requestBodyRule, ResponseRule, headerRule,
		mediaTypeRule, encodingRule, SchemaRule, componentsRule, securitySchemeRule, flowRule, serverRule, TagRule, infoRule, discriminatorRule} {
		for _, key := range slices.Sorted(maps.Keys(r.Members)) {
			if r.Members[key].Rule != nil {
				r.inner = append(r.inner, innerMember{key, r.Members[key]})
			}
		}
	}
}

func schemaKeywords() members {
	return keywords("$ref", "type", "format", "enum", "default", "nullable", "readOnly", "writeOnly", "deprecated", "required",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
		"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties").
		with("properties", Named, SchemaRule).with("items", One, SchemaRule).with("additionalProperties", Boolean, SchemaRule).
		with("allOf", Many, SchemaRule).with("oneOf", Many, SchemaRule).with("anyOf", Many, SchemaRule).with("not", One, SchemaRule).
		with("discriminator", One, discriminatorRule)
}

type members map[string]Member

func keywords(names ...string) members {
	m := members{}
	for _, name := range names {
		m[name] = Member{Shape: Data}
	}
	return m
}

func (m members) with(name string, s shape, r *Rule) members {
	m[name] = Member{s, r}
	return m
}

// A place is one object of a document met on a walk: what kind it is by the
// grammar, and the key under which it stands.
type Place struct {
	Object Object
	Rule   *Rule
	Key    string
}

// walk visits every object of a document in a fixed order, children before their
// parents, so that a visitor may replace what a parent holds.
func Walk(document Object, visit func(Place)) {
	WalkFrom(Place{document, DocumentRule, ""}, visit)
}

// WalkFrom visits one object and everything in it, children before their parents.
func WalkFrom(p Place, visit func(Place)) {
	if p.Object == nil {
		return
	}
	for _, inner := range p.Rule.inner {
		value, ok := p.Object[inner.key]
		if !ok {
			continue
		}
		switch inner.Shape {
		case Many:
			for _, item := range list(value) {
				WalkFrom(Place{AsObject(item), inner.Rule, inner.key}, visit)
			}
		case Named:
			values := AsObject(value)
			for _, name := range slices.Sorted(maps.Keys(values)) {
				WalkFrom(Place{values.Object(name), inner.Rule, name}, visit)
			}
		default:
			WalkFrom(Place{AsObject(value), inner.Rule, inner.key}, visit)
		}
	}
	visit(p)
}

// walkSchemas visits every schema below and including one place of the document.
func WalkSchemas(document Object, visit func(schema Object, key string)) {
	Walk(document, func(p Place) {
		if p.Rule == SchemaRule {
			visit(p.Object, p.Key)
		}
	})
}
