package simulator

import (
	"encoding/json"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// outOfRange finds the integers that do not fit the format their schema gives
// them. The validator compares as float64: it takes 2^63 for an int64, and does
// not know uint64 at all.
func outOfRange(in, name string, schema *openapi3.SchemaRef, value any) []Violation {
	if schema == nil || schema.Value == nil {
		return nil
	}
	var all []Violation
	for _, part := range schema.Value.AllOf {
		all = append(all, outOfRange(in, name, part, value)...)
	}
	switch value := value.(type) {
	case json.Number:
		if detail := integerFault(schema.Value, value.String()); detail != "" {
			all = append(all, Violation{In: in, Name: name, Detail: detail})
		}
	case []any:
		for i, item := range value {
			all = append(all, outOfRange(in, dotted(name, strconv.Itoa(i)), schema.Value.Items, item)...)
		}
	case map[string]any:
		for member, v := range value {
			of := schema.Value.Properties[member]
			if of == nil {
				of = schema.Value.AdditionalProperties.Schema
			}
			all = append(all, outOfRange(in, dotted(name, member), of, v)...)
		}
	}
	return all
}

// integerFault says why a literal cannot be an integer of the schema's format.
// Literals with a fraction or an exponent are left to the validator.
func integerFault(schema *openapi3.Schema, literal string) string {
	if !schema.Type.Is(openapi3.TypeInteger) || !isDigits(literal) {
		return ""
	}
	var err error
	switch schema.Format {
	case "uint64":
		_, err = strconv.ParseUint(literal, 10, 64)
	case "int64", "":
		_, err = strconv.ParseInt(literal, 10, 64)
	}
	if err != nil {
		return "does not fit " + schema.Format
	}
	return ""
}

func isDigits(literal string) bool {
	for i := range len(literal) {
		if c := literal[i]; (c < '0' || c > '9') && (c != '-' || i > 0) {
			return false
		}
	}
	return literal != ""
}
