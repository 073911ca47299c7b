package simulator

import (
	"encoding/json"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Sampler makes values that fit a schema, always the same for the same schema. The
// zero Sampler makes the smallest: required members only and the shortest lists.
type Sampler struct {
	// Full includes optional members, and an item in every list.
	Full bool
	// Blank makes the values of a new object: false, 0, "" and the shortest lists, as
	// far as the schema allows. An optional time is left out, since none is blank.
	Blank bool
}

// maxDepth bounds the nesting of a sample; in a sample no schema nests in itself.
const maxDepth = 24

// Response returns the lowest success status of an operation and a sample of its
// content; content is false if the document gives none.
func (s Sampler) Response(operation *Operation) (status int, sample any, content bool) {
	status, schema := operation.success()
	if schema == nil {
		return status, nil, false
	}
	return status, s.Value("sample", schema), true
}

// Value returns a sample of a schema. A string without a format is the name of its
// member; name is that of the value as a whole.
func (s Sampler) Value(name string, schema *openapi3.SchemaRef) any {
	value, _ := s.value(name, schema, nil)
	return value
}

// value returns false if the sample would nest in itself or go too deep.
func (s Sampler) value(name string, ref *openapi3.SchemaRef, above []*openapi3.Schema) (any, bool) {
	if ref == nil || ref.Value == nil {
		return map[string]any{}, true
	}
	schema := ref.Value
	if slices.Contains(above, schema) || len(above) > maxDepth {
		return nil, false
	}
	above = append(slices.Clip(above), schema)
	known, _ := schema.Extensions["x-open-enum"].([]any)
	switch known = slices.Concat(schema.Enum, known); {
	case len(known) > 0:
		return known[0], true
	case schema.Type == nil && schema.Extensions["x-go-type"] == "string":
		return "", true // a cursor of any type, empty on the last page
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
	return s.scalar(name, schema), true
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

// merged joins the samples of the parts of an allOf and of the schema's own members.
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

// scalar returns a sample of a schema that is neither object nor list.
func (s Sampler) scalar(name string, schema *openapi3.Schema) any {
	switch {
	case s.Blank && schema.Nullable:
		return nil
	case schema.Type.Is(openapi3.TypeBoolean):
		return !s.Blank
	case s.Blank && schema.Type.Is(openapi3.TypeInteger):
		return json.Number(strconv.FormatInt(int64(within(schema, 0)), 10))
	case schema.Type.Is(openapi3.TypeInteger):
		return integer(schema)
	case s.Blank && schema.Type.Is(openapi3.TypeNumber):
		return within(schema, 0)
	case schema.Type.Is(openapi3.TypeNumber):
		return within(schema, 0.5)
	case s.Blank && schema.Format == "" && schema.Pattern == "" && schema.MinLength == 0:
		return ""
	}
	return text(name, schema)
}

// integer returns one beyond 2^53, which reveals a client that decodes integers as float64.
func integer(schema *openapi3.Schema) any {
	literal, limit := "9007199254740993", float64(1<<53)
	switch schema.Format {
	case "uint64":
		literal, limit = "18446744073709551615", math.MaxUint64
	case "int32":
		literal, limit = "2147483647", math.MaxInt32
	}
	if bounded := within(schema, limit); bounded != limit || schema.MultipleOf != nil {
		literal = strconv.FormatInt(int64(bounded), 10)
	}
	return json.Number(literal)
}

// within moves a number into the bounds of its schema.
func within(schema *openapi3.Schema, value float64) float64 {
	if low := schema.Min; low != nil && value <= *low {
		value = *low
		if schema.ExclusiveMin.IsTrue() {
			value++
		}
	}
	if high := schema.Max; high != nil && value >= *high {
		value = *high
		if schema.ExclusiveMax.IsTrue() {
			value--
		}
	}
	if step := schema.MultipleOf; step != nil {
		value = math.Floor(value / *step) * *step
	}
	return value
}

// formats holds a sample for each format of strings.
var formats = map[string]string{
	"byte":      "c2FtcGxl",
	"date":      "2026-01-02",
	"date-time": "2026-01-02T15:04:05Z",
	"email":     "user@example.com",
	"hostname":  "host.example.com",
	"ipv4":      "192.0.2.1",
	"ipv6":      "2001:db8::1",
	"uri":       "https://example.com/",
	"url":       "https://example.com/",
	"uuid":      "2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b",
}

func text(name string, schema *openapi3.Schema) string {
	sample, ok := formats[schema.Format]
	if !ok {
		sample = name
	}
	if schema.Pattern != "" {
		sample = matching(schema.Pattern, sample)
	}
	for uint64(len(sample)) < schema.MinLength {
		sample += "x"
	}
	if long := schema.MaxLength; long != nil && uint64(len(sample)) > *long {
		sample = sample[:*long]
	}
	return sample
}

// matching returns the first candidate that matches a pattern. If none does it returns
// the sample, and the validation of the response reports it.
func matching(pattern, sample string) string {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return sample
	}
	candidates := []string{
		sample, "18446744073709551615", "1", formats["uuid"], "a", "A", "a1", "/a", "a/b",
		formats["ipv4"], formats["date"], formats["date-time"], formats["email"], formats["uri"], "",
	}
	for _, candidate := range candidates {
		if expression.MatchString(candidate) {
			return candidate
		}
	}
	return sample
}
