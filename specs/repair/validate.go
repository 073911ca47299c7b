package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A document is untrusted input, and its names become Go source, comments and lines of
// tables. These checks reject what could end its place there, or would not compile.

// checkNames returns an error if id, path or tag of an operation gives no name.
func checkNames(o document.Operation) error {
	switch tags := o.Object.List("tags"); {
	case !document.IsPath(o.Path):
		return fmt.Errorf("the path %q has a space or a control character: remove it in overlay.yaml", o.Path)
	case o.ID() == "":
		return fmt.Errorf("%s has no operationId: give it one in overlay-names.yaml", o.Name())
	case !document.IsOperationID(o.ID()):
		return fmt.Errorf("%s has the operationId %q, which gives no Go identifier: give it another in overlay-names.yaml", o.Name(), o.ID())
	case len(tags) == 0:
		return fmt.Errorf("%s has no tag, which names its service", o.Name())
	case !document.Exported(document.GoName(document.AsText(tags[0]))):
		return fmt.Errorf("%s has the tag %q, which gives no Go identifier: give it another in overlay-names.yaml", o.Name(), document.AsText(tags[0]))
	}
	return nil
}

// checkParameters returns an error for a parameter that a generated method cannot have.
func checkParameters(o document.Operation) error {
	fields := map[string]map[string]string{"path": {}, "query": {}}
	for _, parameter := range o.Parameters() {
		name, in := parameter.Text("name"), parameter.Text("in")
		if fields[in] == nil {
			return fmt.Errorf("%s has the parameter %q in %q, and OpenAPI has no such place", o.Name(), name, in)
		}
		if err := document.CheckField(o.Name()+" ("+in+")", name, parameter, fields[in]); err != nil {
			return err
		}
		if parameter.Text("style") == "spaceDelimited" {
			return fmt.Errorf("%s: the style of the parameter %q is spaceDelimited, which would send a space: state another in overlay.yaml, with explode", o.Name(), name)
		}
		if in == "query" && document.FieldName(name, parameter) == "QueryValues" {
			return fmt.Errorf("%s: the parameter %q has the name of a generated method: give it an x-go-name in overlay-names.yaml", o.Name(), name)
		}
		variable := strings.ToLower(document.FieldName(name, parameter))
		if in == "path" && (slices.Contains(document.ArgumentNames, variable) || types.Universe.Lookup(variable) != nil) {
			return fmt.Errorf("%s: the path parameter %q has a name that the generated method needs itself: give it an x-go-name in overlay-names.yaml", o.Name(), name)
		}
	}
	return nil
}

// checkCharacters returns an error for a name or a value of an enumeration with a character
// that could end a literal, a tag or a comment of Go, so that templates need not escape them.
func checkCharacters(doc document.Object) error {
	var err error
	look := func(what, name string) {
		if what == "value" {
			name = strings.ReplaceAll(name, "'", "") // stands in a quoted literal
		}
		if err == nil && strings.ContainsFunc(name, unfitForSource) {
			err = fmt.Errorf("the %s %q cannot stand in Go source, because it has a quote, a backtick or a control character: repair it in overlay.yaml", what, name)
		}
	}
	document.Walk(doc, func(p document.Place) {
		look("name", p.Key)
		for _, value := range p.Object.List("enum") {
			look("value", document.AsText(value))
		}
		switch p.Rule {
		case document.ParameterRule, document.TagRule:
			look("name", p.Object.Text("name"))
		case document.OperationRule:
			for _, tag := range p.Object.List("tags") {
				look("tag", document.AsText(tag))
			}
		}
	})
	return err
}

func unfitForSource(r rune) bool {
	return strings.ContainsRune("\"'`\\", r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// extensions are those that the steps and the templates read, by the rule of the object that
// has them, each with its possible values (nil for any).
var extensions = map[document.Rule]map[string][]any{
	document.DocumentRule: {"x-open-responses": {true}},
	document.OperationRule: {
		"x-vendor-id": nil, "x-note": nil, "x-page": nil, "x-since": nil, "x-deprecated-reason": nil, "x-removed": nil,
		"x-class": {"safe", "idempotent", "once"}, "x-auth": {"basic", "jwt", "none"}, "x-result": {resultData, resultBody, resultNone, resultText, resultFile},
		"x-provenance": provenances,
		"x-service":    nil, "x-opens-service": nil, "x-method": nil, "x-go-id": nil, "x-shape": nil, "x-takes-body": nil, "x-takes-params": nil,
		"x-body-type": nil, "x-result-type": nil, "x-result-pointer": nil, "x-headers": nil, "x-sends": nil, "x-accepts": nil, "x-body-reader": nil,
	},
	document.ParameterRule: {"x-go-name": nil, "x-deprecated-reason": nil, "x-provenance": provenances},
	document.SchemaRule: {
		"x-comment": nil, "x-deprecated-reason": nil, "x-enum-varnames": nil, "x-go-name": nil,
		"x-go-type": goTypes, "x-go-type-skip-optional-pointer": nil, "x-omitzero": nil,
		"x-provenance": provenances, "x-known-values": nil, "x-of": nil, "x-constants": nil, "x-sends-null": {true}, "x-added": {true}, "x-open-enum": {true},
		"x-open-responses": {true},
	},
}

var (
	provenances = []any{"documented", document.Inferred}
	goTypes     = []any{"json.RawMessage", "api.SecretJSON", "api.File", "uint64", "string", nullable("string"), nullable("int64"), nullable("bool"), nullable(freeObject)}
)

// checkExtensions returns an error for an extension that nothing reads at its place, such as
// a misspelt x-class, which would leave the operation with the class of its method.
func checkExtensions(doc document.Object) error {
	var err error
	document.Walk(doc, func(p document.Place) {
		for _, key := range p.Object.Keys() {
			if err != nil || !strings.HasPrefix(key, "x-") {
				continue
			}
			values, known := extensions[p.Rule][key]
			switch {
			case !known:
				err = fmt.Errorf("%s has no effect at %q: it is misspelt, or at an object that does not have it", key, p.Key)
			case values != nil && !slices.Contains(values, p.Object[key]):
				err = fmt.Errorf("%s at %q is %v, and must be one of %v", key, p.Key, p.Object[key], values)
			}
		}
	})
	for _, o := range document.Operations(doc) {
		if err == nil {
			err = checkPage(doc, o)
		}
	}
	return err
}

// checkPage returns an error if the response of a page does not have the cursor or the items
// that x-page names, or the request not the parameter.
func checkPage(doc document.Object, o document.Operation) error {
	if o.Object["x-page"] == nil {
		return nil
	}
	page := o.Object.Object("x-page")
	cursor, parameter := page.Text("cursor"), page.Text("parameter")
	if cursorOf(doc, o) == nil {
		return fmt.Errorf("%s: x-page names the cursor %q, which the response does not have", o.Name(), cursor)
	}
	whole := document.Resolve(doc, o.ResponseSchema())
	if items := page.Text("items"); items != "" && whole.Object("properties")[items] == nil {
		return fmt.Errorf("%s: x-page names the items %q, which the response does not have", o.Name(), items)
	}
	body := document.Resolve(doc, o.BodyContent().Object("schema"))
	isParameter := slices.ContainsFunc(o.Parameters(), func(p document.Object) bool { return p.Text("name") == parameter })
	if !isParameter && body.Object("properties")[parameter] == nil {
		return fmt.Errorf("%s: x-page names the parameter %q, which the request does not have", o.Name(), parameter)
	}
	return nil
}

// cursorOf returns the schema of the cursor that x-page names, a member of the response or of
// the object in its data, or nil.
func cursorOf(doc document.Object, o document.Operation) document.Object {
	cursor := o.Object.Text("x-page", "cursor")
	whole := document.Resolve(doc, o.ResponseSchema()).Object("properties")
	inData := document.Resolve(doc, whole.Object("data")).Object("properties")
	if found := whole.Object(cursor); found != nil {
		return found
	}
	return inData.Object(cursor)
}

// Fit returns an error if no Go can be generated from a contract, because names collide or
// cannot stand in source. It applies the actions of the overlay where they fit. It ignores
// what a maintainer adds later: a moved action, a tag, a summary, a name for a type that now
// differs from another.
func (rules *Rules) Fit(contract document.Object) error {
	doc, err := rules.Preview(contract)
	if err != nil {
		return err
	}
	for i, o := range document.Operations(doc) {
		if o.Object["operationId"] == nil {
			o.Object["operationId"] = fmt.Sprintf("operation%d", i)
		}
		if len(o.Object.List("tags")) == 0 {
			o.Object["tags"] = []any{"Operations"}
		}
	}
	if doc, err = (&Rules{fitting: true}).repair(&plan{document: doc}, none); err != nil {
		return err
	}
	return Validate(doc)
}

// Validate validates a document with kin-openapi.
func Validate(doc document.Object) error {
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	loader := openapi3.NewLoader()
	parsed, err := loader.LoadFromData(text)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if err := parsed.Validate(context.Background()); err != nil {
		return fmt.Errorf("validate: %w", err)
	}
	return nil
}
