// Package contract makes a contract of a document that a vendor or a site publishes:
// [Strip] reduces it to its facts, and [MergeSite] merges a site's document into a contract
// that we wrote ourselves.
package contract

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Stripped lists what Strip left out of a published document.
type Stripped struct {
	Extensions []string       // JSON pointers of the members x-*
	Unknown    []string       // JSON pointers of keywords that OpenAPI 3.0 does not have there
	Prose      map[string]int // how often each keyword of prose or examples was dropped
	Lines      []string       // what was left out or is read as raw JSON, a sentence each
}

// prose are the keywords of the vendor's sentences and examples.
var prose = map[string]bool{
	"description": true, "summary": true, "title": true, "example": true, "examples": true, "externalDocs": true,
	"termsOfService": true, "contact": true, "license": true, "xml": true, "links": true, "$comment": true, "jsonSchemaDialect": true,
}

// Strip makes the contract of a published OpenAPI 3.0 or 3.1 document. It drops prose, examples
// and the vendor's extensions, which could steer the generator. It distinguishes keywords from
// names by the grammar of OpenAPI, so a property named "description" stays. The description
// that OpenAPI requires of a response becomes the reason phrase of its status.
//
// The contract is OpenAPI 3.0 with references only to schemas and responses of the components.
// What the examples show of a number is in its format. What a client cannot use, such as
// callbacks and optional headers, is left out; Stripped.Lines says so.
//
// A document that is not OpenAPI 3.0 or 3.1, has no paths or no release, or has a reference that
// leads outside, nowhere, or in a circle, is an error.
func Strip(published document.Object) (document.Object, Stripped, error) {
	if err := checkVersion(published); err != nil {
		return nil, Stripped{}, err
	}
	s := stripper{report: Stripped{Prose: map[string]int{}}}
	published = document.AsObject(document.Clone(published))
	if err := resolve(published); err != nil {
		return nil, Stripped{}, err
	}
	if strings.HasPrefix(published.Text("openapi"), "3.1") {
		s.report.Lines = from31(published)
	}
	keepEvidence(published)
	s.report.Lines = append(s.report.Lines, leaveOut(published)...)
	contract := s.object(published, document.DocumentRule, "#")
	switch {
	case s.err != nil:
		return nil, Stripped{}, s.err
	case len(contract.Object("paths")) == 0:
		return nil, Stripped{}, errors.New("the document has no paths")
	case document.Release(contract) == "":
		return nil, Stripped{}, errors.New("the document does not state its release (info.version)")
	}
	describeResponses(contract)
	if err := document.CheckReferences(contract); err != nil {
		return nil, Stripped{}, err
	}
	s.report.Lines = append(s.report.Lines, document.Combine(document.AsObject(document.Clone(contract)))...)
	return contract, s.report, nil
}

func checkVersion(published document.Object) error {
	if swagger := published.Text("swagger"); swagger != "" {
		return fmt.Errorf("the document is Swagger %q; only OpenAPI 3.0 and 3.1 are supported", swagger)
	}
	version, ok := published["openapi"].(string)
	if !ok {
		return errors.New("the document is not OpenAPI: it has no member \"openapi\"")
	}
	if !strings.HasPrefix(version, "3.0") && !strings.HasPrefix(version, "3.1") {
		return fmt.Errorf("the document is OpenAPI %q; only 3.0 and 3.1 are supported", version)
	}
	return nil
}

type stripper struct {
	report Stripped
	err    error // the first defect that makes the document unusable
}

func (s *stripper) fail(format string, arguments ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, arguments...)
	}
}

func (s *stripper) object(in document.Object, r document.Rule, at string) document.Object {
	out := document.Object{}
	for _, key := range in.Keys() {
		here := at + "/" + document.EscapePointer(key)
		known, ok := r.Members()[key]
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
		if key == "$ref" && !strings.HasPrefix(document.AsText(value), "#/") {
			s.fail("%s refers outside the document (%q): remote references are refused", at, value)
		}
		return value
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

func (s *stripper) many(value any, r document.Rule, at string) any {
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

func (s *stripper) named(value any, r document.Rule, at string) any {
	in, ok := value.(document.Object)
	if !ok {
		s.fail("%s is not an object", at)
		return nil
	}
	out := document.Object{}
	for _, name := range in.Keys() {
		here := at + "/" + document.EscapePointer(name)
		if strings.HasPrefix(name, "x-") && (r == document.PathItemRule || r == document.ResponseRule) {
			s.report.Extensions = append(s.report.Extensions, here)
			continue
		}
		out[name] = s.member(in[name], document.Member{Shape: document.One, Rule: r}, name, here)
	}
	return out
}

// describeResponses writes the reason phrase where OpenAPI requires a description.
func describeResponses(contract document.Object) {
	describe := func(responses document.Object) {
		for status := range responses {
			response := responses.Object(status)
			if response == nil || response["$ref"] != nil {
				continue
			}
			code, _ := strconv.Atoi(status)
			response["description"] = http.StatusText(code)
			if response["description"] == "" {
				response["description"] = "Response"
			}
		}
	}
	describe(contract.Object("components", "responses"))
	for _, o := range document.Operations(contract) {
		describe(o.Object.Object("responses"))
	}
}
