package repair

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// What a caller gets of a response.
const (
	resultData = "data" // the member data, unwrapped
	resultBody = "body" // the whole response
	resultNone = "none" // nothing
	resultText = "text" // the whole response, which is not JSON
	resultFile = "file" // the same, read by the caller
)

// resultOf returns data if it is the only member, and the whole response if there are others,
// such as a cursor, or if there is no data. x-result overrides it.
func resultOf(o document.Operation) string {
	if stated := o.Object.Text("x-result"); stated != "" {
		return stated
	}
	schema := o.ResponseSchema()
	switch media := document.Media(o.Success()); {
	case schema == nil:
		return resultNone
	case media == document.JSON || media == "":
	case document.IsBinary(schema):
		return resultFile
	default:
		return resultText
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
		if err := errors.Join(checkNames(o), checkParameters(o)); err != nil {
			return err
		}
		at := o.Route()
		if service := o.Object.Text("x-service"); !opened[service] {
			opened[service] = true
			o.Object["x-opens-service"] = true
		}
		r.classify(o)
		setShape(o, r.rules.Committed[at].Shape)
		if err := errors.Join(setResultType(r.document, o), summarise(r, o)); err != nil {
			return err
		}
	}
	return uniqueOperations(r.document)
}

// classify writes the first release of an operation, its result and its retry class.
func (r *repairing) classify(o document.Operation) {
	o.Object["x-since"] = r.rules.Releases[o.Route()]
	o.Object["x-result"] = resultOf(o)
	if o.Object["x-class"] == nil {
		o.Object["x-class"] = classOf(o.Method)
	}
}

// classOf returns the retry class of an HTTP method, which x-class overrides.
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

// setShape decides whether the method takes a body and params. Parameters that a later release
// adds to a committed row without any are call options. Another change of the shape is one of
// the lock, see the package inventory.
func setShape(o document.Operation, shape string) {
	body, params := o.BodyContent() != nil, false
	for _, parameter := range o.Parameters() {
		params = params || parameter.Text("in") == "query"
	}
	if shape != "" && !strings.HasSuffix(shape, "params") {
		params = false
	}
	o.Object["x-takes-body"], o.Object["x-takes-params"] = body, params
	switch {
	case body && params:
		o.Object["x-shape"] = "body+params"
	case body:
		o.Object["x-shape"] = "body"
	case params:
		o.Object["x-shape"] = "params"
	default:
		o.Object["x-shape"] = "-"
	}
}

// setResultType writes the Go types of body and result for the templates.
func setResultType(doc document.Object, o document.Operation) error {
	if content := o.BodyContent(); content != nil {
		o.Object["x-body-type"] = goType(doc, content.Object("schema")).name
		if media := o.Object.Text("x-sends"); media != "" && document.IsBinary(content.Object("schema")) {
			o.Object["x-body-type"], o.Object["x-body-reader"] = "io.Reader", true
		}
	}
	schema := o.ResponseSchema()
	switch o.Object["x-result"] {
	case resultFile:
		o.Object["x-result-type"], o.Object["x-accepts"] = "io.ReadCloser", document.Media(o.Success())
		return nil
	case resultText:
		o.Object["x-accepts"] = document.Media(o.Success())
	}
	if o.Object["x-result"] == resultData {
		schema = schema.Object("properties", "data")
	}
	if schema == nil || o.Object["x-result"] == resultNone {
		return nil
	}
	result := goType(doc, schema)
	if result.name == "" {
		return fmt.Errorf("%s: no Go type for its response", o.Name())
	}
	o.Object["x-result-type"] = result.name
	o.Object["x-result-pointer"] = result.isStruct
	return nil
}

// freeObject is the type of an object without described members in a request.
const freeObject = "map[string]any"

type typeExpression struct {
	name     string
	isStruct bool
}

// goType returns the Go type of a schema whose inline types are named.
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
	kind, format := schema.Text("type"), schema.Text("format")
	switch name := goTypeOf[strings.TrimSpace(kind+" "+format)]; {
	case name != "":
		return typeExpression{name: name}
	case kind == "string": // whatever the format, like the generator
		return typeExpression{name: "string"}
	case kind == "array" && format == "":
		return typeExpression{name: "[]" + goType(doc, schema.Object("items")).name}
	}
	return typeExpression{}
}

// goTypeOf maps types and formats to Go types.
var goTypeOf = map[string]string{
	"": "any", "object": freeObject, "boolean": "bool",
	"integer int64": "int64", "integer uint64": "uint64", "number double": "float64",
	"string password": "api.Secret", "string date-time": "time.Time", "string json": "json.RawMessage", "string byte": "[]byte",
	"string date": "openapi_types.Date", "string email": "openapi_types.Email", "string uuid": "openapi_types.UUID",
	"string binary": "openapi_types.File", "string duration": "openapi_types.Duration",
}

// summarise writes our summary into an operation, and the successor into a deprecated one.
func summarise(r *repairing, o document.Operation) error {
	replacement := o.Object.Text("x-replacement")
	delete(o.Object, "x-replacement")
	if r.rules.Summaries == nil {
		return nil
	}
	s, ok := r.rules.Summaries[o.Route()]
	if !ok && r.rules.Merged {
		s.Text = fmt.Sprintf("calls %s, which this site's own document describes", o.Name())
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

// nameSuccessor writes into a deprecated operation what to use instead.
func nameSuccessor(doc document.Object, o document.Operation, successor string) error {
	switch {
	case o.Object["deprecated"] != true && successor != "":
		return fmt.Errorf("%s has a successor in summaries.tsv and is not deprecated", o.Name())
	case o.Object["deprecated"] != true:
		return nil
	case successor == "":
		o.Object["x-deprecated-reason"] = "the vendor deprecated it without a successor."
		return nil
	}
	next := document.Find(doc, successor)
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
			return fmt.Errorf("%s and %s have one operationId, %s: give one of them another in overlay-names.yaml", before, o.Name(), o.ID())
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

// nameReplacement writes into an operation that its release removed what to use instead.
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
