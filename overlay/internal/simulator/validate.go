package simulator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Rule is the kind of rule that a value broke.
type Rule int

// The rules that products report differently.
const (
	// Invalid is a value of a wrong type, range, format or form.
	Invalid Rule = iota
	// Missing is an absent required parameter or member.
	Missing
	// Unknown is a parameter or member that the document does not have.
	Unknown
	// MediaType is a body of a type that the operation does not take.
	MediaType
	// Malformed is a body that cannot be decoded.
	Malformed
)

// Violation is one way in which a request or a response breaks the document.
type Violation struct {
	// In is "path", "query" or "body".
	In string
	// Name is the parameter, or the member of the body with dots between the levels
	// ("limits.soft", "ips.0"); "" is the body as a whole.
	Name string
	Rule Rule
	// Detail says what is wrong in a few words, without the value.
	Detail string
}

// String returns the place, the name and the detail.
func (v Violation) String() string { return strings.TrimSpace(v.In+" "+v.Name) + ": " + v.Detail }

// checkParameters validates the path and the query of a request. Filters are query
// parameters that it accepts although the document does not have them.
func checkParameters(r *http.Request, operation *Operation, path map[string]string, filters []string) (url.Values, []Violation) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, []Violation{{In: "query", Detail: "cannot be parsed"}}
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: path, QueryParams: query, Route: operation.route,
		Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	var all []Violation
	for _, parameter := range operation.parameters {
		err := openapi3filter.ValidateParameter(context.Background(), input, parameter)
		all = append(all, collect(parameter.In, parameter.Name, err)...)
	}
	for name, values := range query {
		known := slices.IndexFunc(operation.parameters, func(p *openapi3.Parameter) bool {
			return p.In == openapi3.ParameterInQuery && hasName(p, name)
		})
		switch {
		case slices.Contains(filters, name):
		case known < 0:
			all = append(all, Violation{In: "query", Name: name, Rule: Unknown, Detail: "is not known"})
		case len(values) > 1 && takesOne(operation.parameters[known]):
			all = append(all, Violation{In: "query", Name: name, Detail: "is given more than once"})
		}
	}
	return query, sorted(all)
}

// takesOne reports whether a query parameter has one value: it is no list, and its name is the
// whole name in the query.
func takesOne(parameter *openapi3.Parameter) bool {
	return parameter.Style != openapi3.SerializationDeepObject && !parameter.Schema.Value.Type.Is(openapi3.TypeArray)
}

// hasName reports whether a query parameter is written under that name: its own, or
// name[member] in the deepObject style.
func hasName(parameter *openapi3.Parameter, name string) bool {
	if parameter.Style == openapi3.SerializationDeepObject {
		return strings.HasPrefix(name, parameter.Name+"[") && strings.HasSuffix(name, "]")
	}
	return parameter.Name == name
}

// checkResponse returns the rule of the document that a response breaks, "" for none.
// It accepts an error status that the document does not list: products return more
// errors than they document.
func checkResponse(operation *Operation, status int, payload []byte) string {
	response := operation.responses.Status(status)
	if response == nil {
		response = operation.responses.Default()
	}
	if response == nil {
		if status < http.StatusBadRequest {
			return fmt.Sprintf("the status %d is not in the document", status)
		}
		return ""
	}
	media := response.Value.Content.Get(mediaJSON)
	if media == nil || media.Schema == nil {
		return ""
	}
	value, err := decodeJSON(payload)
	if err != nil {
		return "a JSON body is required"
	}
	var rules []string
	for _, violation := range checkValue(media.Schema, value, openapi3.VisitAsResponse()) {
		rules = append(rules, violation.String())
	}
	return strings.Join(rules, "; ")
}

// checkValue validates a body against its schema.
func checkValue(schema *openapi3.SchemaRef, value any, as openapi3.SchemaValidationOption) []Violation {
	if schema == nil {
		return nil
	}
	err := schema.Value.VisitJSON(value, as, openapi3.MultiErrors(), openapi3.DisableSchemaErrorDetails())
	return sorted(append(collect("body", "", err), outOfRange("", schema, value)...))
}

// sorted puts violations in a fixed order, without duplicates.
func sorted(found []Violation) []Violation {
	slices.SortFunc(found, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.In, b.In), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(found)
}

// collect translates an error of the validator. The prefix is the name of the value
// that was checked.
func collect(in, prefix string, err error) []Violation {
	switch err := err.(type) { //nolint:errorlint // errors.As would find one of a MultiError
	case nil:
		return nil
	case openapi3.MultiError:
		var all []Violation
		for _, e := range err {
			all = append(all, collect(in, prefix, e)...)
		}
		return all
	case *openapi3filter.RequestError:
		return collect(in, prefix, err.Err)
	case *openapi3.SchemaError:
		return collectSchema(in, prefix, err)
	case *openapi3filter.ParseError:
		return []Violation{{In: in, Name: prefix, Detail: cmp.Or(err.Reason, "cannot be read")}}
	}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		return []Violation{{In: in, Name: prefix, Rule: Missing, Detail: "is required"}}
	}
	return []Violation{{In: in, Name: prefix, Detail: err.Error()}}
}

func collectSchema(in, prefix string, err *openapi3.SchemaError) []Violation {
	name := dotted(prefix, err.JSONPointer()...)
	switch err.SchemaField {
	case "required":
		return []Violation{{In: in, Name: name, Rule: Missing, Detail: "is required"}}
	case "properties":
		var all []Violation
		members, _ := err.Value.(map[string]any)
		for member := range members {
			if err.Schema.Properties[member] == nil {
				all = append(all, Violation{In: in, Name: dotted(name, member), Rule: Unknown, Detail: "is not known"})
			}
		}
		return all
	}
	detail := err.Reason
	if detail == "" && err.Origin != nil {
		detail = err.Origin.Error()
	}
	return []Violation{{In: in, Name: name, Detail: cmp.Or(detail, "does not fit "+err.SchemaField)}}
}

// dotted joins the levels of a name, without the empty ones.
func dotted(prefix string, levels ...string) string {
	all := append([]string{prefix}, levels...)
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ".")
}

// outOfRange finds the integers of a body that do not fit the format of their schema.
// The validator compares as float64: it accepts 2^63 for an int64, and does not know
// uint64.
func outOfRange(name string, schema *openapi3.SchemaRef, value any) []Violation {
	if schema == nil || schema.Value == nil {
		return nil
	}
	var all []Violation
	for _, part := range schema.Value.AllOf {
		all = append(all, outOfRange(name, part, value)...)
	}
	switch value := value.(type) {
	case json.Number:
		if !fitsFormat(schema.Value, value.String()) {
			all = append(all, Violation{In: "body", Name: name, Detail: "does not fit " + schema.Value.Format})
		}
	case []any:
		for i, item := range value {
			all = append(all, outOfRange(dotted(name, strconv.Itoa(i)), schema.Value.Items, item)...)
		}
	case map[string]any:
		for member, v := range value {
			of := schema.Value.Properties[member]
			if of == nil {
				of = schema.Value.AdditionalProperties.Schema
			}
			all = append(all, outOfRange(dotted(name, member), of, v)...)
		}
	}
	return all
}

// fitsFormat reports whether a literal can be an integer of the schema's format. The
// validator checks literals with a fraction or an exponent.
func fitsFormat(schema *openapi3.Schema, literal string) bool {
	if !schema.Type.Is(openapi3.TypeInteger) || !isDigits(literal) {
		return true
	}
	var err error
	switch schema.Format {
	case "uint64":
		_, err = strconv.ParseUint(literal, 10, 64)
	case "int64", "":
		_, err = strconv.ParseInt(literal, 10, 64)
	}
	return err == nil
}

func isDigits(literal string) bool {
	digits := strings.TrimPrefix(literal, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
