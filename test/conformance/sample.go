package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// sampler makes values that fit a schema, always the same ones. Objects are
// map[string]any, lists []any, numbers json.Number.
type sampler struct {
	optional bool   // every optional member, or none
	values   values // of scalars
	lists    lists

	parameter bool // of a path or a query, where no text may be empty

	// The rest is for answers alone.
	unknownMember bool // in every object that lists its members
	unknownValue  bool // for every enumeration
	quoted        bool // every number is a string
}

// lists is what a sampler puts in the place of a list.
type lists int

const (
	oneItem lists = iota
	empty
	null
)

// What no document has.
const (
	unknownMember = "member_of_a_later_release"
	unknownValue  = "VALUE_OF_A_LATER_RELEASE"
)

// key is the key in maps: the form is one of WEKA's own.
const key = "NodeId<121>"

// sample makes the value of a member of that name.
func (s sampler) sample(name string, ref *openapi3.SchemaRef) any {
	value, _ := s.value(name, ref, nil)
	return value
}

// value reports false where a schema nests in itself for the second time.
func (s sampler) value(name string, ref *openapi3.SchemaRef, above []*openapi3.Schema) (any, bool) {
	schema := ref.Value
	if twice(above, schema) {
		return nil, false
	}
	above = append(slices.Clip(above), schema)
	switch {
	case isNullable(schema) && s.values == zero:
		return nil, true
	case goType(schema) == "json.RawMessage" && schema.Type == nil, goType(schema) == "api.SecretJSON", isFreeForm(schema):
		return freeForm(), true
	case schema.Type.Is(openapi3.TypeArray):
		return s.list(name, schema, above), true
	case schema.Type.Is(openapi3.TypeObject):
		return s.object(schema, above), true
	}
	return s.scalar(name, schema), true
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

// isNullable tells a member of a request whose null differs from its absence.
func isNullable(schema *openapi3.Schema) bool {
	return strings.HasPrefix(goType(schema), "nullable.Nullable[")
}

// isFreeForm tells an object, or anything at all, that the document says nothing
// about.
func isFreeForm(schema *openapi3.Schema) bool {
	return (schema.Type == nil && goType(schema) == "" || schema.Type.Is(openapi3.TypeObject)) &&
		len(schema.Properties) == 0 && schema.AdditionalProperties.Schema == nil
}
