package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"

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
	if !op.routed(basePath, got) {
		add(ruleRoute, fmt.Sprintf("sent %s %s, want %s %s", got.Method, got.URL.EscapedPath(), op.method, basePath+op.path))
	} else {
		add(rulePath, op.checkPath(sample, got))
	}
	query, err := url.ParseQuery(got.URL.RawQuery)
	if err != nil {
		add(ruleQuery, err.Error())
	}
	for _, p := range op.inQuery {
		if value, err := parse([]byte(query.Get(p.Name))); len(p.Content) > 0 && err == nil {
			query.Set(p.Name, short(canonical(value)))
		}
	}
	if want := op.queryOf(sample); !maps.EqualFunc(query, want, slices.Equal[[]string]) {
		add(ruleQuery, fmt.Sprintf("sent %s, want %s", short(query), short(want)))
	}
	add(ruleBody, op.checkBody(sample, got))
	add(ruleCredentials, op.checkCredentials(got))
	add(ruleDocument, op.validate(got, query))
	return violations
}

// routed reports whether a request has the method and the path of the operation. It sets the
// path values of the request.
func (op *operation) routed(basePath string, got received) bool {
	pattern := op.method + " " + basePath + op.path
	if strings.HasSuffix(pattern, "/") {
		pattern += "{$}"
	}
	found := false
	mux := http.NewServeMux()
	mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) { found = true })
	mux.ServeHTTP(httptest.NewRecorder(), got.Request)
	return found
}

// checkPath compares the path values of a request, unescaped once, with the sample.
func (op *operation) checkPath(sample request, got received) string {
	for i, p := range op.inPath {
		if sent, want := got.PathValue(p.Name), literal(sample.path[i]); sent != want {
			return fmt.Sprintf("%s: sent %q after unescaping once, want %q", p.Name, sent, want)
		}
	}
	return ""
}

// queryOf returns the query of a sample. An empty list is absent from a query.
func (op *operation) queryOf(sample request) url.Values {
	query := url.Values{}
	for _, p := range op.inQuery {
		if value := sample.query[p.Name]; len(p.Content) > 0 && value != nil {
			query.Set(p.Name, short(canonical(value)))
			continue
		}
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
	if op.sends != "" {
		media, _, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
		if err != nil || media != op.sends || op.reader && string(got.body) != fileText {
			return fmt.Sprintf("sent %s as %q", short(string(got.body)), media)
		}
		return ""
	}
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
func (op *operation) validate(got received, query url.Values) string {
	path := map[string]string{}
	for _, p := range op.inPath {
		path[p.Name] = got.PathValue(p.Name)
	}
	got.Body = io.NopCloser(bytes.NewReader(got.body))
	err := openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: got.Request, PathParams: path, QueryParams: query, Route: op.route,
		Options: &openapi3filter.Options{SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n") // the rest is the schema
	return line
}
