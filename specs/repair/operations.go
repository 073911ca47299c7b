package repair

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// How the answer of an operation reaches the caller.
const (
	resultData = "data" // the member data, unwrapped
	resultBody = "body" // the whole answer
	resultNone = "none" // an error or nothing
)

// resultOf decides it: data where it is the only member that says something, the
// whole answer where there is more (a cursor among it) or no data at all.
func resultOf(o document.Operation) string {
	if stated := o.Object.Text("x-result"); stated != "" { // in overlay.yaml, or by an earlier call
		return stated
	}
	schema := o.ResponseSchema()
	if schema == nil {
		return resultNone
	}
	if ref := schema.Text("$ref"); ref != "" {
		return resultBody
	}
	properties := schema.Object("properties")
	if properties["data"] == nil {
		return resultBody
	}
	for name := range properties {
		if name != "data" && name != "success" {
			return resultBody
		}
	}
	return resultData
}

func operationsAreDescribed(r *repairing) error {
	opened := map[string]bool{}
	for _, o := range document.Operations(r.document) {
		if err := errors.Join(checkNames(o), checkParameters(o), checkContents(r.document, o)); err != nil {
			return err
		}
		at := o.Route()
		if service := o.Object.Text("x-service"); !opened[service] {
			opened[service] = true
			o.Object["x-opens-service"] = true
		}
		o.Object["x-since"] = r.rules.Releases[at]
		o.Object["x-result"] = resultOf(o)
		if o.Object["x-class"] == nil {
			o.Object["x-class"] = classOf(o.Method)
		}
		if err := errors.Join(setShape(o, r.rules.Committed[at].Shape), setResultType(r.document, o), summarise(r, o)); err != nil {
			return err
		}
	}
	return uniqueOperations(r.document)
}

// classOf is what the transport may do with an operation of that method, unless
// overlay.yaml says otherwise.
func classOf(method string) string {
	switch method {
	case "GET", "HEAD":
		return "safe"
	case "PUT", "DELETE":
		return "idempotent"
	default:
		return "once"
	}
}

// setShape says whether the method takes a body and params. A committed row
// decides for ever: parameters that a later release brings are call options.
func setShape(o document.Operation, shape string) error {
	body, params := o.BodyContent() != nil, false
	if shape == "" {
		shape = "-"
		for _, parameter := range o.Parameters() {
			params = params || parameter.Text("in") == "query"
		}
		switch {
		case body && params:
			shape = "body+params"
		case body:
			shape = "body"
		case params:
			shape = "params"
		}
	}
	o.Object["x-takes-body"] = strings.HasPrefix(shape, "body")
	o.Object["x-takes-params"] = strings.HasSuffix(shape, "params")
	o.Object["x-shape"] = shape
	if o.Object["x-takes-body"] == true && !body {
		return fmt.Errorf("%s takes a body by operations.tsv, and the document describes none any more", o.Name())
	}
	return nil
}

// setResultType writes the Go types of body and result for the templates.
func setResultType(doc document.Object, o document.Operation) error {
	if content := o.BodyContent(); content != nil {
		o.Object["x-body-type"] = goType(doc, content.Object("schema")).name
	}
	schema := o.ResponseSchema()
	if o.Object["x-result"] == resultData {
		schema = schema.Object("properties", "data")
	}
	if schema == nil || o.Object["x-result"] == resultNone {
		return nil
	}
	result := goType(doc, schema)
	if result.name == "" {
		return fmt.Errorf("%s: no Go type for its answer", o.Name())
	}
	o.Object["x-result-type"] = result.name
	o.Object["x-result-pointer"] = result.isStruct
	return nil
}

// freeObject is the type of an object of which nothing is said, where it is sent.
const freeObject = "map[string]any"

type typeExpression struct {
	name     string
	isStruct bool
}

// goType is the Go type of a schema whose inline types have names already.
func goType(doc, schema document.Object) typeExpression {
	if name, ok := schema.SchemaRef(); ok {
		return typeExpression{name, document.Schemas(doc).Object(name)["properties"] != nil}
	}
	if name := schema.Text("x-go-type"); name != "" {
		return typeExpression{name: name}
	}
	if values := schema.Object("additionalProperties"); values != nil {
		return typeExpression{name: "map[string]" + goType(doc, values).name}
	}
	switch schema.Text("type") + " " + schema.Text("format") {
	case "string password":
		return typeExpression{name: "api.Secret"}
	case "string date-time":
		return typeExpression{name: "time.Time"}
	case "string date":
		return typeExpression{name: "openapi_types.Date"}
	case "string email":
		return typeExpression{name: "openapi_types.Email"}
	case "string uuid":
		return typeExpression{name: "openapi_types.UUID"}
	case "string binary":
		return typeExpression{name: "openapi_types.File"}
	case "string duration":
		return typeExpression{name: "openapi_types.Duration"}
	case "string json":
		return typeExpression{name: "json.RawMessage"}
	case "string byte":
		return typeExpression{name: "[]byte"}
	case "boolean ":
		return typeExpression{name: "bool"}
	case "integer int64":
		return typeExpression{name: "int64"}
	case "integer uint64":
		return typeExpression{name: "uint64"}
	case "number double":
		return typeExpression{name: "float64"}
	case "array ":
		return typeExpression{name: "[]" + goType(doc, schema.Object("items")).name}
	case "object ":
		return typeExpression{name: freeObject}
	case " ":
		return typeExpression{name: "any"}
	}
	if schema["type"] == "string" {
		return typeExpression{name: "string"} // as the generator, whatever the format
	}
	return typeExpression{}
}

// summarise puts our own line on an operation, and on a deprecated one the
// operation to use instead.
func summarise(r *repairing, o document.Operation) error {
	replacement := o.Object.Text("x-replacement")
	delete(o.Object, "x-replacement")
	if r.rules.Summaries == nil {
		return nil
	}
	s, ok := r.rules.Summaries[o.Route()]
	if !ok && r.rules.Merged {
		s.Text = summaryOfAdded(o)
	}
	if strings.TrimSpace(s.Text) == "" {
		return fmt.Errorf("%s has no summary: add its line to summaries.tsv", o.Name())
	}
	o.Object["summary"] = s.Text
	if removed := o.Object.Text("x-removed"); removed != "" {
		return nameReplacement(r.document, o, removed, replacement)
	}
	return nameSuccessor(r.document, o, s.Successor)
}

// nameSuccessor says on a deprecated operation what to use instead.
func nameSuccessor(doc document.Object, o document.Operation, successor string) error {
	switch {
	case o.Object["deprecated"] != true && successor != "":
		return fmt.Errorf("%s has a successor in summaries.tsv and is not deprecated", o.Name())
	case o.Object["deprecated"] != true:
		return nil
	case successor == "":
		o.Object["x-deprecated-reason"] = "the vendor has deprecated it and names no successor."
		return nil
	}
	method, path, _ := strings.Cut(successor, " ")
	next := doc.Object("paths", path, strings.ToLower(method))
	if next == nil {
		return fmt.Errorf("%s: its successor %q in summaries.tsv is no operation (METHOD /path)", o.Name(), successor)
	}
	o.Object["x-deprecated-reason"] = "use " + next.Text("x-service") + "." + next.Text("x-method") + "."
	return nil
}

func uniqueOperations(doc document.Object) error {
	ids, methods := map[string]string{}, map[string]string{}
	for _, o := range document.Operations(doc) {
		if before, ok := ids[o.ID()]; ok {
			return fmt.Errorf("%s and %s have one operationId, %s: give one of them another in overlay.yaml", before, o.Name(), o.ID())
		}
		ids[o.ID()] = o.Name()
		method := o.Object.Text("x-service") + "." + o.Object.Text("x-method")
		if before, ok := methods[method]; ok {
			return fmt.Errorf("%s and %s would both be the method %s", before, o.Name(), method)
		}
		methods[method] = o.Name()
	}
	return nil
}

// nameReplacement says on an operation that its release removed what to use instead.
func nameReplacement(doc document.Object, o document.Operation, release, replacement string) error {
	gone := "release " + release + " does not have it and returns 404; the next release of this package removes it"
	if replacement == "" {
		o.Object["x-deprecated-reason"] = gone + "."
		return nil
	}
	if err := nameSuccessor(doc, o, replacement); err != nil {
		return err
	}
	o.Object["x-deprecated-reason"] = gone + ": " + o.Object.Text("x-deprecated-reason")
	return nil
}

// summaryOfAdded stands on an operation that has no summary of ours, since a site's
// own document brought it.
func summaryOfAdded(o document.Operation) string {
	return fmt.Sprintf("calls %s, which this site's own document describes", o.Name())
}
