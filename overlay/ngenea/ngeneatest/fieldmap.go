package ngeneatest

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// wholeBody is where the framework puts what is wrong with no field.
const wholeBody = "non_field_errors"

// texts are the framework's words for what the validator says, by how that begins.
var texts = [][2]string{
	{"Value is not nullable", "This field may not be null."},
	{"value must be a string", "Not a valid string."},
	{"value must be an integer", "A valid integer is required."},
	{"does not fit", "A valid integer is required."},
	{"value must be a boolean", "Must be a valid boolean."},
	{"value must be an array", "Expected a list of items."},
	{"value must be an object", "Expected a dictionary of items."},
}

// fieldMap tells what is wrong with a request in the framework's form: for each
// field a list of sentences, below a list a list with an object for each item, {}
// for one that is right.
func fieldMap(found []simulator.Violation) map[string]any {
	fields := map[string]any{}
	for _, violation := range found {
		levels := strings.Split(cmp.Or(violation.Name, wholeBody), ".")
		text := sentence(violation)
		if violation.Name == "" && violation.Rule != simulator.Missing {
			text = "Invalid data. Expected a dictionary."
		}
		fields[levels[0]] = within(fields[levels[0]], levels[1:], text)
	}
	return fields
}

// within adds a sentence to what is already wrong, some levels below.
func within(before any, levels []string, text string) any {
	if len(levels) == 0 {
		list, _ := before.([]any)
		return append(list, text)
	}
	index, err := strconv.Atoi(levels[0])
	if err != nil {
		object, ok := before.(map[string]any)
		if !ok {
			object = map[string]any{}
		}
		object[levels[0]] = within(object[levels[0]], levels[1:], text)
		return object
	}
	list, _ := before.([]any)
	for len(list) <= index {
		list = append(list, map[string]any{})
	}
	inner := list[index]
	if object, ok := inner.(map[string]any); ok && len(object) == 0 {
		inner = nil
	}
	list[index] = within(inner, levels[1:], text)
	return list
}

func sentence(violation simulator.Violation) string {
	switch violation.Rule {
	case simulator.Missing:
		return "This field is required."
	case simulator.Unknown:
		return "This field is not known."
	}
	if most, ok := strings.CutPrefix(violation.Detail, "maximum string length is "); ok {
		return "Ensure this field has no more than " + most + " characters."
	}
	for _, text := range texts {
		if strings.HasPrefix(violation.Detail, text[0]) {
			return text[1]
		}
	}
	return "Enter a valid value."
}
