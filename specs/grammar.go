package specs

import (
	"maps"
	"slices"
)

// A rule says which members one kind of OpenAPI 3.0 object may have, and what
// stands under each. It is how Strip tells the keyword "description" from a
// property that is named description: only the grammar knows which is which.
type rule struct {
	members map[string]member
	inner   []innerMember // those that hold objects, by key: where a walk goes on
}

type innerMember struct {
	key string
	member
}

// A member is what stands under one keyword.
type member struct {
	shape shape
	rule  *rule // of the object, of each list item, or of each value; nil for data
}

type shape int

const (
	data    shape = iota // any JSON, kept as it is (a type, an enum, a default)
	one                  // an object of the rule
	many                 // a list of such objects
	named                // an object whose keys are names and whose values obey the rule
	boolean              // an object of the rule, or true or false (additionalProperties)
)

// The rules refer to each other in circles (a schema holds schemas), so they are
// filled in by init and not where they are declared.
var (
	documentRule, pathItemRule, operationRule, parameterRule, requestBodyRule = new(rule), new(rule), new(rule), new(rule), new(rule)
	responseRule, headerRule, mediaTypeRule, encodingRule, schemaRule         = new(rule), new(rule), new(rule), new(rule), new(rule)
	componentsRule, securitySchemeRule, flowRule, serverRule, tagRule         = new(rule), new(rule), new(rule), new(rule), new(rule)
	infoRule, discriminatorRule                                               = new(rule), new(rule)
)

func init() {
	documentRule.members = keywords("openapi", "security").
		with("info", one, infoRule).with("servers", many, serverRule).with("tags", many, tagRule).
		with("paths", named, pathItemRule).with("components", one, componentsRule)
	infoRule.members = keywords("title", "version")
	serverRule.members = keywords("url", "variables")
	tagRule.members = keywords("name")
	pathItemRule.members = keywords("$ref").with("parameters", many, parameterRule).with("servers", many, serverRule)
	for _, method := range methods {
		pathItemRule.members[method] = member{one, operationRule}
	}
	operationRule.members = keywords("operationId", "tags", "deprecated", "security").
		with("parameters", many, parameterRule).with("requestBody", one, requestBodyRule).
		with("responses", named, responseRule).with("servers", many, serverRule)
	parameterRule.members = keywords("$ref", "name", "in", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved").
		with("schema", one, schemaRule).with("content", named, mediaTypeRule)
	headerRule.members = parameterRule.members
	requestBodyRule.members = keywords("$ref", "required").with("content", named, mediaTypeRule)
	responseRule.members = keywords("$ref").with("content", named, mediaTypeRule).with("headers", named, headerRule)
	mediaTypeRule.members = keywords().with("schema", one, schemaRule).with("encoding", named, encodingRule)
	encodingRule.members = keywords("contentType", "style", "explode", "allowReserved").with("headers", named, headerRule)
	schemaRule.members = schemaKeywords()
	discriminatorRule.members = keywords("propertyName", "mapping")
	componentsRule.members = keywords().
		with("schemas", named, schemaRule).with("responses", named, responseRule).with("parameters", named, parameterRule).
		with("requestBodies", named, requestBodyRule).with("headers", named, headerRule).with("securitySchemes", named, securitySchemeRule)
	securitySchemeRule.members = keywords("$ref", "type", "name", "in", "scheme", "bearerFormat", "openIdConnectUrl").with("flows", named, flowRule)
	flowRule.members = keywords("authorizationUrl", "tokenUrl", "refreshUrl", "scopes")
	for _, r := range []*rule{documentRule, pathItemRule, operationRule, parameterRule, requestBodyRule, responseRule, headerRule,
		mediaTypeRule, encodingRule, schemaRule, componentsRule, securitySchemeRule, flowRule, serverRule, tagRule, infoRule, discriminatorRule} {
		for _, key := range slices.Sorted(maps.Keys(r.members)) {
			if r.members[key].rule != nil {
				r.inner = append(r.inner, innerMember{key, r.members[key]})
			}
		}
	}
}

func schemaKeywords() members {
	return keywords("$ref", "type", "format", "enum", "default", "nullable", "readOnly", "writeOnly", "deprecated", "required",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
		"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties").
		with("properties", named, schemaRule).with("items", one, schemaRule).with("additionalProperties", boolean, schemaRule).
		with("allOf", many, schemaRule).with("oneOf", many, schemaRule).with("anyOf", many, schemaRule).with("not", one, schemaRule).
		with("discriminator", one, discriminatorRule)
}

type members map[string]member

func keywords(names ...string) members {
	m := members{}
	for _, name := range names {
		m[name] = member{shape: data}
	}
	return m
}

func (m members) with(name string, s shape, r *rule) members {
	m[name] = member{s, r}
	return m
}

// methods are the HTTP methods that OpenAPI 3.0 knows, in the order in which the
// inventory lists the operations of one path.
var methods = []string{"get", "post", "put", "patch", "delete", "head", "options", "trace"}
