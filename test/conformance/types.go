package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/runtime/types"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// typeCheck compares Go types with their schemas. Encoded values cannot show that two fields
// have each other's tags, or that a secret would be printed.
type typeCheck struct {
	seen       map[typeCheckKey]bool
	violations []string
}

type typeCheckKey struct {
	schema *openapi3.Schema
	t      reflect.Type
}

// checkTypes checks the types of all parameters and of the result.
func (m *method) checkTypes() []string {
	c := &typeCheck{seen: map[typeCheckKey]bool{}}
	for i, p := range m.op.inPath {
		c.check("path "+p.Name, schemaOf(p), m.path[i])
	}
	if m.op.body != nil {
		c.check("body", m.op.body, m.body)
	}
	if m.params != nil {
		params := openapi3.NewObjectSchema()
		for _, p := range m.op.inQuery {
			params.Properties[p.Name] = &openapi3.SchemaRef{Ref: schemaOf(p).Ref, Value: schemaOf(p).Value, Extensions: p.Extensions}
		}
		c.check("params", params.NewRef(), m.params)
	}
	if m.op.resultSchema() != nil {
		c.check("result", m.op.resultSchema(), m.result)
	}
	return c.violations
}

func (c *typeCheck) check(at string, ref *openapi3.SchemaRef, t reflect.Type) {
	schema := ref.Value
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if c.seen[typeCheckKey{schema, t}] {
		return
	}
	c.seen[typeCheckKey{schema, t}] = true
	switch extra := schema.AdditionalProperties.Schema; {
	case goType(schema) == "api.SecretJSON":
		c.secret(at, t, reflect.TypeFor[rawRevealer]())
	case isNullable(schema):
		if strings.ReplaceAll(t.String(), "interface {}", "any") != goType(schema) {
			c.violation("%s is %v, want %s", at, t, goType(schema))
		}
	case goType(schema) != "":
		c.want(at, t, map[string]reflect.Type{
			"json.RawMessage": reflect.TypeFor[json.RawMessage](),
			"string":          reflect.TypeFor[string](),
			"uint64":          reflect.TypeFor[uint64](),
		}[goType(schema)])
	case len(schema.OneOf) > 0:
		if !t.Implements(reflect.TypeFor[api.Alternatives]()) {
			c.violation("%s is %v, want alternatives", at, t)
		}
	case len(schema.Properties) > 0:
		c.object(at, schema, t)
	case extra != nil && t.Kind() == reflect.Map:
		c.check(at+"{}", extra, t.Elem())
	case schema.Type == nil && isFreeForm(schema):
		c.want(at, t, reflect.TypeFor[any]())
	case isFreeForm(schema):
		c.want(at, t, reflect.TypeFor[map[string]any]())
	case schema.Type.Is(openapi3.TypeArray) && t.Kind() == reflect.Slice:
		c.check(at+"[]", schema.Items, t.Elem())
	default:
		c.scalar(at, schema, t)
	}
}

func (c *typeCheck) want(at string, t, want reflect.Type) {
	if t != want {
		c.violation("%s is %v, want %v", at, t, want)
	}
}

// secret checks for a type with a Reveal method that is not a string: a string would be
// printed in an unexported field.
func (c *typeCheck) secret(at string, t, reveals reflect.Type) {
	if t.Kind() != reflect.Struct || !t.Implements(reveals) {
		c.violation("%s is a secret in a %v, which prints it", at, t)
	}
}

func (c *typeCheck) violation(format string, arguments ...any) {
	c.violations = append(c.violations, fmt.Sprintf(format, arguments...))
}

// object checks for one field for each member, with the member's name in Go's spelling or
// the name that the document sets.
func (c *typeCheck) object(at string, schema *openapi3.Schema, t reflect.Type) {
	if t.Kind() != reflect.Struct {
		c.violation("%s is %v, want a struct", at, t)
		return
	}
	fields := map[string]reflect.StructField{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue // holds the members that the object does not list
		}
		fields[name] = t.Field(i)
		if schema.Properties[name] == nil {
			c.violation("%s: the field %s is for the member %q, which the document does not have", at, t.Field(i).Name, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		property := schema.Properties[name]
		field, ok := fields[name]
		if !ok {
			c.violation("%s: no field is for the member %q", at, name)
			continue
		}
		if want := fieldName(name, property); folded(field.Name) != folded(want) {
			c.violation("%s: the field %s is for the member %q", at, field.Name, name)
		}
		c.check(at+"."+name, property, field.Type)
	}
}

// fieldName returns the name that the document sets for a member's field, or the member's.
func fieldName(name string, property *openapi3.SchemaRef) string {
	for _, extensions := range []map[string]any{property.Extensions, property.Value.Extensions} {
		if stated, ok := extensions["x-go-name"].(string); ok {
			return stated
		}
	}
	return name
}

// folded returns the part of a name that Go's spelling does not change.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// textTypes are the formats of text with a Go type of their own, with a sample.
var textTypes = map[string]struct {
	t      reflect.Type
	sample string
}{
	"date-time": {reflect.TypeFor[time.Time](), exactTime},
	"date":      {reflect.TypeFor[types.Date](), "2025-07-03"},
	"email":     {reflect.TypeFor[types.Email](), "a.b@example.com"},
	"uuid":      {reflect.TypeFor[types.UUID](), sampleUUID},
	"duration":  {reflect.TypeFor[types.Duration](), "P1DT2H"},
	"binary":    {reflect.TypeFor[types.File](), "aGVsbG8="},
	"byte":      {reflect.TypeFor[[]byte](), "aGVsbG8="},
}

func (c *typeCheck) scalar(at string, schema *openapi3.Schema, t reflect.Type) {
	if schema.Format == "password" {
		c.secret(at, t, reflect.TypeFor[revealer]())
		return
	}
	if typed := textTypes[schema.Format]; typed.t != nil && schema.Type.Is(openapi3.TypeString) {
		c.want(at, t, typed.t)
		return
	}
	want := map[string]reflect.Kind{
		openapi3.TypeInteger: reflect.Int64, openapi3.TypeNumber: reflect.Float64,
		openapi3.TypeBoolean: reflect.Bool, openapi3.TypeString: reflect.String,
	}[cmp.Or(schema.Type.Slice()...)]
	if schema.Format == "uint64" {
		want = reflect.Uint64
	}
	if t.Kind() != want {
		c.violation("%s is %v, want %v", at, t, want)
		return
	}
	if len(schema.Enum) > 0 {
		c.enumeration(at, schema, t)
	}
}

// enumeration checks for a type whose Valid accepts only the values of the document.
func (c *typeCheck) enumeration(at string, schema *openapi3.Schema, t reflect.Type) {
	valid := func(value any) bool {
		v := reflect.New(t).Elem()
		known, ok := v.Addr().Interface().(interface{ Valid() bool })
		return ok && fill(v, value) == nil && known.Valid()
	}
	for _, value := range schema.Enum {
		if !valid(value) {
			c.violation("%s: %v rejects the value %v", at, t, value)
		}
	}
	if valid(unknownOf(schema)) {
		c.violation("%s: %v accepts a value that the document does not have", at, t)
	}
}
