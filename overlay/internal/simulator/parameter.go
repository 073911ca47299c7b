package simulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// checkParameters checks the path and the query of a request. The filters are
// query parameters that pass although the document does not have them.
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
		if slices.Contains(filters, name) {
			continue
		}
		if v, bad := checkQueryName(operation, name, len(values)); bad {
			all = append(all, v)
		}
	}
	return query, sorted(all)
}

// checkQueryName refuses a query parameter that the operation does not have,
// and a second value for one that takes one.
func checkQueryName(operation *Operation, name string, values int) (Violation, bool) {
	for _, parameter := range operation.parameters {
		if parameter.In != openapi3.ParameterInQuery || !takes(parameter, name) {
			continue
		}
		if values > 1 && parameter.Name == name && !parameter.Schema.Value.Type.Is(openapi3.TypeArray) {
			return Violation{In: "query", Name: name, Detail: "is given more than once"}, true
		}
		return Violation{}, false
	}
	return Violation{In: "query", Name: name, Rule: Unknown, Detail: "is not known"}, true
}

// takes reports whether a query parameter is written under that name: its own,
// or name[member] in the deepObject style.
func takes(parameter *openapi3.Parameter, name string) bool {
	if parameter.Style == openapi3.SerializationDeepObject {
		return strings.HasPrefix(name, parameter.Name+"[") && strings.HasSuffix(name, "]")
	}
	return parameter.Name == name
}
