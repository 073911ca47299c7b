package simulator

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Sampler makes answers that fit a schema, always the same for the same schema.
// The zero Sampler gives the least that is allowed: required members only and
// lists as short as may be.
type Sampler struct {
	// Full gives every member, optional ones too, and an item in every list.
	Full bool
	// Blank gives the emptiest value that is allowed: false, 0, "" and lists as
	// short as may be, as a new object has them. A time has no empty value, so an
	// optional one is left out.
	Blank bool
}

// maxDepth bounds the nesting of a sample; a schema never nests in itself.
const maxDepth = 24

// Answer returns the lowest success status of an operation and a sample of its
// content; content is false where the document gives none.
func (s Sampler) Answer(operation *Operation) (status int, sample any, content bool) {
	status, schema := operation.success()
	if schema == nil {
		return status, nil, false
	}
	return status, s.Value("sample", schema), true
}

// Value returns a sample of a schema. Strings that may be anything are the name
// of their member, which name gives for the value as a whole.
func (s Sampler) Value(name string, schema *openapi3.SchemaRef) any {
	value, _ := s.value(name, schema, nil)
	return value
}

// value reports false where a sample would nest in itself or go too deep.
func (s Sampler) value(name string, ref *openapi3.SchemaRef, above []*openapi3.Schema) (any, bool) {
	if ref == nil || ref.Value == nil {
		return map[string]any{}, true
	}
	schema := ref.Value
	if slices.Contains(above, schema) || len(above) > maxDepth {
		return nil, false
	}
	above = append(slices.Clip(above), schema)
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0], true
	case schema.Type == nil && schema.Extensions["x-go-type"] == "string":
		return "", true // a cursor, which may be anything and is empty on the last page
	case len(schema.AllOf) > 0:
		return s.merged(name, schema, above)
	case len(schema.OneOf) > 0:
		return s.value(name, schema.OneOf[0], above)
	case len(schema.AnyOf) > 0:
		return s.value(name, schema.AnyOf[0], above)
	case schema.Type.Is(openapi3.TypeArray):
		return s.list(name, schema, above)
	case schema.Type.Is(openapi3.TypeObject), schema.Type == nil:
		return s.object(schema, above)
	}
	if s.Blank {
		return blank(name, schema), true
	}
	return scalar(name, schema), true
}

func (s Sampler) list(name string, schema *openapi3.Schema, above []*openapi3.Schema) (any, bool) {
	count := schema.MinItems
	if s.Full && !s.Blank {
		count = max(count, 1)
	}
	items := []any{}
	for range count {
		item, ok := s.value(name, schema.Items, above)
		if !ok {
			return items, schema.MinItems == 0
		}
		items = append(items, item)
	}
	return items, true
}

func (s Sampler) object(schema *openapi3.Schema, above []*openapi3.Schema) (any, bool) {
	object := map[string]any{}
	for name, member := range schema.Properties {
		required := slices.Contains(schema.Required, name)
		noTimeYet := s.Blank && member.Value.Format == "date-time" && !member.Value.Nullable
		if member.Value.WriteOnly || !required && (!s.Full || noTimeYet) {
			continue
		}
		value, ok := s.value(name, member, above)
		switch {
		case ok:
			object[name] = value
		case required:
			return nil, false
		}
	}
	if extra := schema.AdditionalProperties.Schema; s.Full && !s.Blank && extra != nil {
		if value, ok := s.value("key", extra, above); ok {
			object["key"] = value
		}
	}
	return object, true
}

// merged joins the samples of the parts of an allOf, and of the members beside.
func (s Sampler) merged(name string, schema *openapi3.Schema, above []*openapi3.Schema) (any, bool) {
	whole, ok := s.object(schema, above)
	if !ok {
		return nil, false
	}
	object := whole.(map[string]any)
	for _, part := range schema.AllOf {
		value, ok := s.value(name, part, above)
		members, isObject := value.(map[string]any)
		switch {
		case !ok:
			return nil, false
		case !isObject:
			return value, true
		}
		maps.Copy(object, members)
	}
	return object, true
}
