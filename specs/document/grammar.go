package document

import (
	"maps"
	"slices"
	"strings"
)

// A Rule is a kind of object in the grammar of OpenAPI 3.0. Only the grammar says whether
// "description" is a keyword or the name of a property.
type Rule string

// The rules that callers name.
const (
	DocumentRule    Rule = "document"
	PathItemRule    Rule = "pathItem"
	OperationRule   Rule = "operation"
	ParameterRule   Rule = "parameter"
	HeaderRule      Rule = "header"
	MediaTypeRule   Rule = "mediaType"
	RequestBodyRule Rule = "requestBody"
	ResponseRule    Rule = "response"
	SchemaRule      Rule = "schema"
	TagRule         Rule = "tag"

	DiscriminatorRule Rule = "discriminator"
)

// A Member is what an object may have under one keyword.
type Member struct {
	Shape Shape
	Rule  Rule // of the object, of each item, or of each value; "" for data
}

// A Shape says how a keyword holds objects.
type Shape int

// The shapes of members.
const (
	Data    Shape = iota // any JSON (a type, an enum, a default)
	One                  // an object
	Many                 // a list of objects
	Named                // an object whose keys are names and whose values are objects
	Boolean              // an object, or true or false (additionalProperties)
)

// Members returns what an object of the rule may have, by keyword.
func (r Rule) Members() map[string]Member { return grammar[r] }

// grammar lists the keywords of each rule: alone for data, or with the rule of an object, of
// a [list] of objects, of {named} objects, or of an object or boolean (?).
var grammar = parseGrammar(`
document       openapi security info=info servers=[server] tags=[tag] paths={pathItem} components=components
info           title version
server         url variables
tag            name
pathItem       $ref parameters=[parameter] servers=[server]
               get=operation post=operation put=operation patch=operation delete=operation head=operation options=operation trace=operation
operation      operationId tags deprecated security parameters=[parameter] requestBody=requestBody responses={response} servers=[server]
parameter      $ref name in required deprecated allowEmptyValue style explode allowReserved schema=schema content={mediaType}
header         $ref name in required deprecated allowEmptyValue style explode allowReserved schema=schema content={mediaType}
requestBody    $ref required content={mediaType}
response       $ref content={mediaType} headers={header}
mediaType      schema=schema encoding={encoding}
encoding       contentType style explode allowReserved headers={header}
schema         $ref type format enum default nullable readOnly writeOnly deprecated required
               minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
               minItems maxItems uniqueItems minProperties maxProperties
               properties={schema} items=schema additionalProperties=?schema allOf=[schema] oneOf=[schema] anyOf=[schema] not=schema
               discriminator=discriminator
discriminator  propertyName mapping
components     schemas={schema} responses={response} parameters={parameter} requestBodies={requestBody} headers={header}
               securitySchemes={securityScheme}
securityScheme $ref type name in scheme bearerFormat openIdConnectUrl flows={flow}
flow           authorizationUrl tokenUrl refreshUrl scopes
`)

func parseGrammar(text string) map[Rule]map[string]Member {
	rules := map[Rule]map[string]Member{}
	var members map[string]Member
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Fields(line)
		if line[0] != ' ' {
			members = map[string]Member{}
			rules[Rule(words[0])] = members
			words = words[1:]
		}
		for _, word := range words {
			key, rule, _ := strings.Cut(word, "=")
			member := Member{Rule: Rule(strings.Trim(rule, "[{}]?"))}
			if rule != "" {
				member.Shape = One
			}
			if shape, ok := map[byte]Shape{'[': Many, '{': Named, '?': Boolean}[(rule + " ")[0]]; ok {
				member.Shape = shape
			}
			members[key] = member
		}
	}
	return rules
}

// inner lists the keywords of each rule that hold objects: where a walk continues.
var inner = func() map[Rule][]string {
	keys := map[Rule][]string{}
	for rule, members := range grammar {
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if members[key].Rule != "" {
				keys[rule] = append(keys[rule], key)
			}
		}
	}
	return keys
}()

// A Place is an object of a document: its rule, and the key under which it stands.
type Place struct {
	Object Object
	Rule   Rule
	Key    string
}

// Walk visits every object of a document in a fixed order, children before their parents,
// so that a visitor may replace what a parent holds.
func Walk(document Object, visit func(Place)) {
	WalkFrom(Place{document, DocumentRule, ""}, visit)
}

// WalkSchemas visits every schema of a document.
func WalkSchemas(document Object, visit func(schema Object, key string)) {
	Walk(document, func(p Place) {
		if p.Rule == SchemaRule {
			visit(p.Object, p.Key)
		}
	})
}

// WalkFrom visits an object and everything in it, children before their parents.
func WalkFrom(p Place, visit func(Place)) {
	if p.Object == nil {
		return
	}
	for _, key := range inner[p.Rule] {
		member := grammar[p.Rule][key]
		switch member.Shape {
		case Many:
			for _, item := range p.Object.List(key) {
				WalkFrom(Place{AsObject(item), member.Rule, key}, visit)
			}
		case Named:
			values := p.Object.Object(key)
			for _, name := range values.Keys() {
				WalkFrom(Place{values.Object(name), member.Rule, name}, visit)
			}
		default:
			WalkFrom(Place{p.Object.Object(key), member.Rule, key}, visit)
		}
	}
	visit(p)
}
