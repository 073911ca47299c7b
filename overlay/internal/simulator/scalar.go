package simulator

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// scalar returns a sample of a schema that is neither object nor list. Integers
// are beyond what a float64 holds, so that a client which loses digits is found
// out.
func scalar(name string, schema *openapi3.Schema) any {
	switch {
	case schema.Type.Is(openapi3.TypeBoolean):
		return true
	case schema.Type.Is(openapi3.TypeInteger):
		return integer(schema)
	case schema.Type.Is(openapi3.TypeNumber):
		return within(schema, 0.5)
	}
	return text(name, schema)
}

// blank returns the emptiest scalar that a schema allows.
func blank(name string, schema *openapi3.Schema) any {
	switch {
	case schema.Nullable:
		return nil
	case schema.Type.Is(openapi3.TypeBoolean):
		return false
	case schema.Type.Is(openapi3.TypeInteger):
		return json.Number(strconv.FormatInt(int64(within(schema, 0)), 10))
	case schema.Type.Is(openapi3.TypeNumber):
		return within(schema, 0)
	case schema.Format == "" && schema.Pattern == "" && schema.MinLength == 0:
		return ""
	}
	return text(name, schema)
}

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

// formats holds a sample for each format of strings that says how they look.
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

// matching returns the first candidate that a pattern takes. A pattern that
// takes none keeps the sample: the engine's check of its own answer will say so.
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
