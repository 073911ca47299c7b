package ngenea

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// generalField is what the framework files under no field of its own.
const generalField = "non_field_errors"

// ValidationError is what the Hub found wrong with the fields of a body (400). It lies
// beneath an *[Error] of class [ErrValidation]; get it with errors.As.
type ValidationError struct {
	// Fields are the complaints by field, in the Hub's words. A field within another is
	// named by its path, as "filter_rules[0].state"; what concerns none of them is
	// "non_field_errors".
	Fields map[string][]string
}

// Error names every field with its complaints, in the order of their names.
func (e *ValidationError) Error() string {
	parts := make([]string, 0, len(e.Fields))
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, field+": "+strings.Join(e.Fields[field], " "))
	}
	return strings.Join(parts, "; ")
}

// validationOf reads the framework's map of fields; nil if the answer is none.
func validationOf(body []byte) *ValidationError {
	var whole any
	_ = json.Unmarshal(body, &whole) // what is no JSON names no field
	if members, ok := whole.(map[string]any); ok {
		for _, name := range []string{"detail", "code"} { // texts about the whole
			if _, text := members[name].(string); text {
				delete(members, name)
			}
		}
	}
	e := &ValidationError{Fields: map[string][]string{}}
	e.collect("", whole)
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// collect goes down to the texts: lists of them, and objects and lists around those.
func (e *ValidationError) collect(path string, value any) {
	switch value := value.(type) {
	case string:
		if path == "" {
			path = generalField
		}
		e.Fields[path] = append(e.Fields[path], value)
	case []any:
		for i, item := range value {
			inner := path
			if _, text := item.(string); !text {
				inner += "[" + strconv.Itoa(i) + "]"
			}
			e.collect(inner, item)
		}
	case map[string]any:
		for name, item := range value {
			inner := name
			if path != "" {
				inner = path + "." + name
			}
			e.collect(inner, item)
		}
	}
}
