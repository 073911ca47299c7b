package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// check returns the rules that a request breaks: it must be the sample, in the form of the
// document.
func (op *operation) check(basePath string, sample request, got received) []violation {
	var violations []violation
	add := func(rule, detail string) {
		if detail != "" {
			violations = append(violations, violation{rule, detail})
		}
	}
	if got.Method != op.method {
		add(ruleRoute, fmt.Sprintf("sent %s, want %s", got.Method, op.method))
	}
	target, rawQuery, _ := strings.Cut(got.RequestURI, "?")
	values, detail := op.pathValues(basePath, target)
	add(ruleRoute, detail)
	if detail == "" {
		add(rulePath, op.checkPath(sample, values))
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		add(ruleQuery, err.Error())
	}
	if want := op.queryOf(sample); !maps.EqualFunc(query, want, slices.Equal[[]string]) {
		add(ruleQuery, fmt.Sprintf("sent %s, want %s", short(query), short(want)))
	}
	add(ruleBody, op.checkBody(sample, got))
	add(ruleCredentials, op.checkCredentials(got))
	add(ruleDocument, op.validate(got, values, query))
	return violations
}

// pathValues returns the escaped values in a path.
func (op *operation) pathValues(basePath, sent string) (map[string]string, string) {
	values := map[string]string{}
	have, want := strings.Split(sent, "/"), strings.Split(basePath+op.path, "/")
	same := len(have) == len(want)
	for i := 0; same && i < len(want); i++ {
		if name, ok := strings.CutPrefix(want[i], "{"); ok {
			values[strings.TrimSuffix(name, "}")] = have[i]
		} else {
			same = have[i] == want[i]
		}
	}
	if !same {
		return nil, fmt.Sprintf("sent %s, want %s", sent, basePath+op.path)
	}
	return values, ""
}

// checkPath unescapes the values in place and compares them with the sample.
func (op *operation) checkPath(sample request, values map[string]string) string {
	for i, p := range op.inPath {
		plain, err := url.PathUnescape(values[p.Name])
		if want := literal(sample.path[i]); err != nil || plain != want {
			return fmt.Sprintf("%s: sent %q, want %q escaped once", p.Name, values[p.Name], want)
		}
		values[p.Name] = plain
	}
	return ""
}

// queryOf returns the query of a sample. An empty list is absent from a query.
func (op *operation) queryOf(sample request) url.Values {
	query := url.Values{}
	for _, p := range op.inQuery {
		switch value := sample.query[p.Name].(type) {
		case nil:
		case []any:
			for _, item := range value {
				query.Add(p.Name, literal(item))
			}
		case map[string]any:
			for member, item := range value {
				query.Add(p.Name+"["+member+"]", literal(item))
			}
		default:
			query.Add(p.Name, literal(value))
		}
	}
	return query
}

// literal returns a scalar as in a path or a query.
func literal(value any) string { return fmt.Sprint(value) }

func (op *operation) checkBody(sample request, got received) string {
	if op.body == nil {
		if len(got.body) > 0 {
			return "sent " + short(string(got.body)) + ", want none"
		}
		return ""
	}
	if media := got.Header.Get("Content-Type"); media != "application/json" {
		return fmt.Sprintf("sent as %q", media)
	}
	sent, err := parse(got.body)
	if err != nil {
		return err.Error()
	}
	if !reflect.DeepEqual(canonical(sent), canonical(sample.body)) {
		return fmt.Sprintf("sent %s, want %s", short(sent), short(sample.body))
	}
	return ""
}

// canonical returns a JSON tree whose numbers have one form: 1e3 is 1000.
func canonical(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range value {
			object[name] = canonical(member)
		}
		return object
	case []any:
		list := []any{}
		for _, item := range value {
			list = append(list, canonical(item))
		}
		return list
	case json.Number:
		if exact, ok := rational(value); ok {
			return json.Number(exact.RatString())
		}
	}
	return value
}

func (op *operation) checkCredentials(got received) string {
	want := map[string]string{
		"":      "Bearer " + accessToken,
		"jwt":   "Bearer " + accessToken,
		"basic": "Basic " + base64.StdEncoding.EncodeToString([]byte(basicUser+":"+basicPassword)),
		"none":  "",
	}[op.auth]
	if sent := got.Header.Get("Authorization"); sent != want {
		return fmt.Sprintf("sent %q, want %q", sent, want)
	}
	return ""
}

// validate validates a request with kin-openapi, which accepts unknown query parameters;
// queryOf finds those.
func (op *operation) validate(got received, path map[string]string, query url.Values) string {
	input := &openapi3filter.RequestValidationInput{
		Request: got.Request, PathParams: path, QueryParams: query, Route: op.route,
		Options: &openapi3filter.Options{SkipSettingDefaults: true},
	}
	for _, p := range slices.Concat(op.inPath, op.inQuery) {
		if err := openapi3filter.ValidateParameter(context.Background(), input, p); err != nil {
			return oneLine(err)
		}
	}
	if op.body == nil {
		return ""
	}
	body, err := parse(got.body)
	err = cmp.Or(err, op.body.Value.VisitJSON(body, openapi3.VisitAsRequest()))
	if err != nil {
		return oneLine(err)
	}
	return ""
}

// oneLine returns the first line of the validator's error, without the schema.
func oneLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
