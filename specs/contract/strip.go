// Package contract makes a contract of a document that a vendor or a site publishes:
// [Strip] reduces it to its facts, and [MergeSite] lays a site's document over a contract
// that we wrote ourselves.
package contract

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Stripped tells what Strip left out of a published document.
type Stripped struct {
	Extensions []string       // where each x-* stood, as JSON pointers: they are dropped because a document is untrusted input
	Unknown    []string       // keywords that OpenAPI 3.0 does not have at that place, as JSON pointers
	Prose      map[string]int // how often each keyword of prose or examples was dropped
}

// prose are the keywords that carry the vendor's sentences and examples.
var prose = map[string]bool{
	"description": true, "summary": true, "title": true, "example": true, "examples": true, "externalDocs": true,
	"termsOfService": true, "contact": true, "license": true, "xml": true,
}

// Strip makes the contract of a published OpenAPI 3.0 document: facts stay, prose
// and examples go, and so do the extensions of the vendor, which could otherwise
// steer the generator. It knows keywords from names by the grammar of OpenAPI, so
// a property named "description" survives. Where OpenAPI demands a description (a
// response), the reason phrase of its HTTP status stands in.
//
// The error is one line when the document is no OpenAPI 3.0, has no paths, or has a
// reference that leads outside, nowhere, or round in a circle.
func Strip(published document.Object) (document.Object, Stripped, error) {
	if err := checkVersion(published); err != nil {
		return nil, Stripped{}, err
	}
	s := stripper{report: Stripped{Prose: map[string]int{}}}
	contract := s.object(published, document.DocumentRule, "#")
	if s.err != nil {
		return nil, Stripped{}, s.err
	}
	if len(contract.Object("paths")) == 0 {
		return nil, Stripped{}, errors.New("the document has no paths")
	}
	if contract.Text("info", "version") == "" {
		return nil, Stripped{}, errors.New("the document does not say its release (info.version)")
	}
	describeResponses(contract)
	if err := document.CheckReferences(contract); err != nil {
		return nil, Stripped{}, err
	}
	return contract, s.report, nil
}

func checkVersion(doc document.Object) error {
	if swagger := doc.Text("swagger"); swagger != "" {
		return fmt.Errorf("the document is Swagger %q, and only OpenAPI 3.0 is read", swagger)
	}
	version, ok := doc["openapi"].(string)
	if !ok {
		return errors.New("the document is not OpenAPI: it has no member \"openapi\"")
	}
	if !strings.HasPrefix(version, "3.0") {
		return fmt.Errorf("the document is OpenAPI %q, and only 3.0 is read", version)
	}
	return nil
}

type stripper struct {
	report Stripped
	err    error // the first defect that makes the document unfit
}

func (s *stripper) fail(format string, arguments ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, arguments...)
	}
}

func (s *stripper) object(in document.Object, r *document.Rule, at string) document.Object {
	out := document.Object{}
	for _, key := range slices.Sorted(maps.Keys(in)) {
		here := at + "/" + escapePointer(key)
		known, ok := r.Members[key]
		switch {
		case strings.HasPrefix(key, "x-"):
			s.report.Extensions = append(s.report.Extensions, here)
		case ok:
			out[key] = s.member(in[key], known, key, here)
		case prose[key]:
			s.report.Prose[key]++
		default:
			s.report.Unknown = append(s.report.Unknown, here)
		}
	}
	return out
}

func (s *stripper) member(value any, m document.Member, key, at string) any {
	switch m.Shape {
	case document.Data:
		return s.data(value, key, at)
	case document.Boolean:
		if flag, ok := value.(bool); ok {
			return flag
		}
	case document.Many:
		return s.many(value, m.Rule, at)
	case document.Named:
		return s.named(value, m.Rule, at)
	}
	in, ok := value.(document.Object)
	if !ok {
		s.fail("%s is not an object", at)
		return nil
	}
	return s.object(in, m.Rule, at)
}

// data keeps a plain value; a $ref may only point into the document itself.
func (s *stripper) data(value any, key, at string) any {
	if key == "$ref" && !strings.HasPrefix(document.AsText(value), "#/") {
		s.fail("%s refers outside the document (%q): remote references are refused", at, value)
	}
	return value
}

func (s *stripper) many(value any, r *document.Rule, at string) any {
	in, ok := value.([]any)
	if !ok {
		s.fail("%s is not a list", at)
		return nil
	}
	out := make([]any, 0, len(in))
	for i, item := range in {
		out = append(out, s.member(item, document.Member{Shape: document.One, Rule: r}, "", at+"/"+strconv.Itoa(i)))
	}
	return out
}

func (s *stripper) named(value any, r *document.Rule, at string) any {
	in, ok := value.(document.Object)
	if !ok {
		s.fail("%s is not an object", at)
		return nil
	}
	out := document.Object{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		here := at + "/" + escapePointer(name)
		if r == document.PathItemRule && strings.HasPrefix(name, "x-") || r == document.ResponseRule && strings.HasPrefix(name, "x-") {
			s.report.Extensions = append(s.report.Extensions, here)
			continue
		}
		out[name] = s.member(in[name], document.Member{Shape: document.One, Rule: r}, name, here)
	}
	return out
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func escapePointer(key string) string { return pointerEscapes.Replace(key) }

// describeResponses puts the reason phrase where OpenAPI wants a description.
func describeResponses(contract document.Object) {
	describe := func(responses any) {
		for status, value := range document.AsObject(responses) {
			response := document.AsObject(value)
			if response == nil || response["$ref"] != nil {
				continue
			}
			code, _ := strconv.Atoi(status)
			phrase := http.StatusText(code)
			if phrase == "" {
				phrase = "Response"
			}
			response["description"] = phrase
		}
	}
	describe(contract.Object("components")["responses"])
	for _, item := range contract.Object("paths") {
		for _, method := range document.Methods {
			describe(document.AsObject(item).Object(method)["responses"])
		}
	}
}
