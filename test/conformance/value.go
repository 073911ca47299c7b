package main

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"
)

// values says which scalars a sampler chooses.
type values int

const (
	exact   values = iota // what a float64 cannot hold
	largest               // the ends of the ranges
	zero                  // what is absent unless it is said: 0, false, ""
)

const (
	beyondFloat    = "9007199254740993" // 2^53 + 1
	largestInt64   = "9223372036854775807"
	largestUint64  = "18446744073709551615"
	sampleUUID     = "2b0f3e5a-6c1d-4f7e-9a8b-3c4d5e6f7a8b"
	exactFraction  = "0.30000000000000004"
	largestFloat64 = "1.7976931348623157e+308"
	exactTime      = "2025-07-03T14:33:00.031598Z"
	firstTime      = "1970-01-01T00:00:00Z" // Unix time 0: Go's own zero time stands for no time and is never sent
	lastTime       = "9999-12-31T23:59:59.999999+14:00"
)

// These follow the name in a text that may be anything. All of it may stand in a
// path, a query and a body; "%2F" shows a text that is escaped or unescaped twice.
const (
	awkward     = ` "a" 'b' c/d\e ä世界 100% %2F+x`
	moreAwkward = "#?&=;,:@[]{}|^~$!*()<>\t\n\u2028😀"
)

// scalar makes a value that is neither object nor list.
func (s sampler) scalar(name string, schema *openapi3.Schema) any {
	switch {
	case len(schema.Enum) > 0:
		return s.enumerated(schema)
	case goType(schema) == "uint64":
		return s.number(schema, largestUint64)
	case schema.Type.Is(openapi3.TypeInteger) && schema.Format == "uint64":
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
		return unknownValue
	case s.values == exact:
		return schema.Enum[0]
	default:
		return schema.Enum[len(schema.Enum)-1]
	}
}

// number moves the integer into the bounds of the schema.
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

// freeForm is what nothing is said about. Each call makes another, so that nobody
// shares it.
func freeForm() any {
	return map[string]any{
		"integer": json.Number(largestUint64),
		"text":    "text" + awkward,
		"list":    []any{nil, true, json.Number("0.5"), map[string]any{"integer": json.Number(beyondFloat)}},
	}
}
