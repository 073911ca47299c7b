package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sampler makes values that fit a schema, always the same. Objects are map[string]any, lists
// []any, numbers json.Number.
type sampler struct {
	optional bool   // with every optional member, or none
	values   values // of scalars
	lists    lists

	parameter bool // of a path or a query, where no string may be empty

	// The rest is for responses only.
	unknownMember bool // add one to every object that lists its members
	unknownValue  bool // use one for every enumeration
	quoted        bool // every number is a string
}

// lists selects the lists of a sampler.
type lists int

const (
	oneItem lists = iota
	empty
	null
)

// A member and a value that no document has.
const (
	unknownMember = "member_of_a_later_release"
	unknownValue  = "VALUE_OF_A_LATER_RELEASE"
)

// fileText is a body that is not JSON.
const fileText = "file" + awkward

// key is the key in maps, in a form of WEKA's.
const key = "NodeId<121>"

// sample makes the value of a member.
func (s sampler) sample(name string, ref *openapi3.SchemaRef) any {
	value, _ := s.value(name, ref, nil)
	return value
}

// value returns false if a schema nests in itself for the second time.
func (s sampler) value(name string, ref *openapi3.SchemaRef, above []*openapi3.Schema) (any, bool) {
	schema := ref.Value
	if twice(above, schema) {
		return nil, false
	}
	above = append(slices.Clip(above), schema)
	switch {
	case isNullable(schema) && s.values == zero:
		return nil, true
	case len(schema.OneOf) > 0:
		return s.alternative(name, schema, above), true
	case goType(schema) == "json.RawMessage" && schema.Type == nil, goType(schema) == "api.SecretJSON", isFreeForm(schema):
		return freeForm(), true
	case schema.Type.Is(openapi3.TypeArray):
		return s.list(name, schema, above), true
	case schema.Type.Is(openapi3.TypeObject):
		return s.object(schema, above), true
	}
	return s.scalar(name, schema), true
}

// alternative makes the first of the types that a discriminator selects.
func (s sampler) alternative(name string, schema *openapi3.Schema, above []*openapi3.Schema) any {
	value, _ := s.value(name, schema.OneOf[0], above)
	object, _ := value.(map[string]any)
	for kind, ref := range schema.Discriminator.Mapping {
		if ref.Ref == schema.OneOf[0].Ref && object != nil {
			object[schema.Discriminator.PropertyName] = kind
		}
	}
	return value
}

func twice(above []*openapi3.Schema, schema *openapi3.Schema) bool {
	first := slices.Index(above, schema)
	return first >= 0 && slices.Contains(above[first+1:], schema)
}

func (s sampler) list(name string, schema *openapi3.Schema, above []*openapi3.Schema) any {
	switch {
	case s.lists == null:
		return nil
	case s.lists == empty && schema.MinItems == 0:
		return []any{}
	}
	items := []any{}
	for range max(1, schema.MinItems) {
		if item, ok := s.value(name, schema.Items, above); ok {
			items = append(items, item)
		}
	}
	return items
}

func (s sampler) object(schema *openapi3.Schema, above []*openapi3.Schema) any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		if !s.optional && !slices.Contains(schema.Required, name) {
			continue
		}
		if value, ok := s.value(name, schema.Properties[name], above); ok {
			object[name] = value
		}
	}
	if extra := schema.AdditionalProperties.Schema; extra != nil && s.optional && s.values != zero {
		if value, ok := s.value(key, extra, above); ok {
			object[key] = value
		}
	}
	if s.unknownMember && isClosed(schema) {
		object[unknownMember] = freeForm()
	}
	return object
}

// isNullable reports whether null differs from absent in a member of a request.
func isNullable(schema *openapi3.Schema) bool {
	return strings.HasPrefix(goType(schema), "nullable.Nullable[")
}

// isFreeForm reports whether the document does not describe an object or a value.
func isFreeForm(schema *openapi3.Schema) bool {
	return (schema.Type == nil && goType(schema) == "" || schema.Type.Is(openapi3.TypeObject)) &&
		len(schema.Properties) == 0 && schema.AdditionalProperties.Schema == nil
}

// values selects the scalars of a sampler.
type values int

const (
	exact   values = iota // what a float64 cannot hold
	largest               // the ends of the ranges
	zero                  // the zero values: 0, false, ""
)

const (
	beyondFloat    = "9007199254740993" // 2^53 + 1
	largestInt64   = "9223372036854775807"
	largestUint64  = "18446744073709551615"
	sampleUUID     = "2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b"
	exactFraction  = "0.30000000000000004"
	largestFloat64 = "1.7976931348623157e+308"
	exactTime      = "2025-07-03T14:33:00.031598Z"
	firstTime      = "1970-01-01T00:00:00Z" // Unix time 0; the zero time.Time is never sent
	lastTime       = "9999-12-31T23:59:59.999999+14:00"
)

// These follow the name in a string without a format. Paths, queries and bodies may contain
// them; "%2F" reveals a string that is escaped or unescaped twice.
const (
	awkward     = ` "a" 'b' c/d\e ä世界 100% %2F+x`
	moreAwkward = "#?&=;,:@[]{}|^~$!*()<>\t\n\u2028😀"
)

// scalar makes a value that is neither an object nor a list.
func (s sampler) scalar(name string, schema *openapi3.Schema) any {
	switch {
	case len(schema.Enum) > 0:
		return s.enumerated(schema)
	case goType(schema) == "uint64", schema.Type.Is(openapi3.TypeInteger) && schema.Format == "uint64":
		return s.number(schema, largestUint64)
	case schema.Type.Is(openapi3.TypeInteger):
		return s.number(schema, largestInt64)
	case schema.Type.Is(openapi3.TypeNumber):
		return s.fraction()
	case schema.Type.Is(openapi3.TypeBoolean):
		return s.values != zero
	}
	return s.text(name, schema)
}

func (s sampler) enumerated(schema *openapi3.Schema) any {
	switch {
	case s.unknownValue:
		return unknownOf(schema)
	case s.values == exact:
		return s.constant(schema.Enum[0])
	default:
		return s.constant(schema.Enum[len(schema.Enum)-1])
	}
}

// constant makes a sample of a value of an enumeration, which the loader reads as a float64
// if it is a number.
func (s sampler) constant(value any) any {
	if number, ok := value.(float64); ok {
		return s.maybeQuoted(strconv.FormatFloat(number, 'f', -1, 64))
	}
	return value
}

// unknownOf returns a value that an enumeration does not have.
func unknownOf(schema *openapi3.Schema) any {
	if schema.Type.Is(openapi3.TypeString) {
		return unknownValue
	}
	return json.Number("987654321")
}

// number makes an integer within the bounds of the schema.
func (s sampler) number(schema *openapi3.Schema, most string) any {
	literal := map[values]string{exact: beyondFloat, largest: most, zero: "0"}[s.values]
	if bound := schema.Max; bound != nil && s.values != zero {
		literal = fmt.Sprintf("%.0f", *bound)
	}
	if bound := schema.Min; bound != nil && s.values == zero {
		literal = fmt.Sprintf("%.0f", *bound)
	}
	return s.maybeQuoted(literal)
}

func (s sampler) fraction() any {
	return s.maybeQuoted(map[values]string{exact: exactFraction, largest: largestFloat64, zero: "0"}[s.values])
}

func (s sampler) maybeQuoted(literal string) any {
	if s.quoted {
		return literal
	}
	return json.Number(literal)
}

func (s sampler) text(name string, schema *openapi3.Schema) string {
	switch {
	case schema.Format != "date-time" && textTypes[schema.Format].sample != "":
		return textTypes[schema.Format].sample
	case schema.Pattern != "" && regexp.MustCompile(schema.Pattern).MatchString(sampleUUID):
		return sampleUUID
	case schema.Format == "date-time":
		return map[values]string{exact: exactTime, largest: lastTime, zero: firstTime}[s.values]
	case s.values == zero && !s.parameter:
		return ""
	case s.values == largest:
		return name + moreAwkward
	default:
		return name + awkward
	}
}

// freeForm returns a new value for a schema that describes none.
func freeForm() any {
	return map[string]any{
		"integer": json.Number(largestUint64),
		"text":    "text" + awkward,
		"list":    []any{nil, true, json.Number("0.5"), map[string]any{"integer": json.Number(beyondFloat)}},
	}
}
