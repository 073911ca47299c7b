package ngeneatest

import (
	"cmp"
	_ "embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// detail is an error response of the framework with one sentence.
func detail(status int, text string) simulator.Response {
	return simulator.Response{Status: status, Body: map[string]any{"detail": text}}
}

// unauthenticated is a 401 with its challenge.
func unauthenticated(body map[string]any) simulator.Response {
	return simulator.Response{
		Status: http.StatusUnauthorized,
		Header: http.Header{"Www-Authenticate": {`Bearer realm="api"`}},
		Body:   body,
	}
}

// badAccessToken is for an access token that is expired or unknown.
func badAccessToken() simulator.Response {
	return unauthenticated(map[string]any{
		"detail": "Given token not valid for any token type",
		"code":   "token_not_valid",
		"messages": []any{map[string]any{
			"token_class": "AccessToken", "token_type": "access", "message": "Token is invalid or expired",
		}},
	})
}

func notFound() simulator.Response { return detail(http.StatusNotFound, "Not found.") }

func invalidPage() simulator.Response { return detail(http.StatusNotFound, "Invalid page.") }

// invalid is a 400 with the errors of each field.
func invalid(fields map[string]any) simulator.Response {
	return simulator.Response{Status: http.StatusBadRequest, Body: fields}
}

func invalidField(name, text string) simulator.Response {
	return invalid(map[string]any{name: []any{text}})
}

// notAChoice is the framework's error for a value outside an enumeration.
func notAChoice(value any) string { return fmt.Sprintf("\"%v\" is not a valid choice.", value) }

// noObject is the framework's error for the name of an object that does not exist.
func noObject(name any) string { return fmt.Sprintf("Object with name=%v does not exist.", name) }

// notFoundPage is the framework's page for an unknown path.
//
//go:embed notfound.html
var notFoundPage simulator.HTML

// wholeBody is the framework's key for errors that belong to no field.
const wholeBody = "non_field_errors"

// sentences maps the details of violations, by their start, to the framework's words.
var sentences = [][2]string{
	{"Value is not nullable", "This field may not be null."},
	{"value must be a string", "Not a valid string."},
	{"value must be an integer", "A valid integer is required."},
	{"does not fit", "A valid integer is required."},
	{"value must be a boolean", "Must be a valid boolean."},
	{"value must be an array", "Expected a list of items."},
	{"value must be an object", "Expected a dictionary of items."},
}

// fieldErrors returns violations in the framework's form: a list of sentences for each
// field; for a list with invalid items a list with an object for each item, {} for a valid
// one.
func fieldErrors(found []simulator.Violation) map[string]any {
	fields := map[string]any{}
	for _, violation := range found {
		levels := strings.Split(cmp.Or(violation.Name, wholeBody), ".")
		text := sentence(violation)
		if violation.Name == "" && violation.Rule != simulator.Missing {
			text = "Invalid data. Expected a dictionary."
		}
		fields[levels[0]] = addError(fields[levels[0]], levels[1:], text)
	}
	return fields
}

// addError adds a sentence to the errors of a field, some levels below it.
func addError(before any, levels []string, text string) any {
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
		object[levels[0]] = addError(object[levels[0]], levels[1:], text)
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
	list[index] = addError(inner, levels[1:], text)
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
	for _, pair := range sentences {
		if strings.HasPrefix(violation.Detail, pair[0]) {
			return pair[1]
		}
	}
	return "Enter a valid value."
}
