package specs

import (
	"errors"
	"fmt"
	"strings"
)

// How the answer of an operation reaches the caller.
const (
	resultData = "data" // the member data, unwrapped
	resultBody = "body" // the whole answer
	resultNone = "none" // an error or nothing
)

// resultOf decides it: data where it is the only member that says something, the
// whole answer where there is more (a cursor among it) or no data at all.
func resultOf(o operation) string {
	if stated := text(o.Object["x-result"]); stated != "" { // in overlay.yaml, or by an earlier call
		return stated
	}
	schema := answerSchema(success(o))
	if schema == nil {
		return resultNone
	}
	if ref := text(schema["$ref"]); ref != "" {
		return resultBody
	}
	properties := object(schema["properties"])
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
	rows := rowsByRoute(r.product.Inventory)
	opened := map[string]bool{}
	for _, o := range operations(r.document) {
		if err := errors.Join(checkNames(o), checkParameters(o), checkContents(r.document, o)); err != nil {
			return err
		}
		at := route{o.Method, o.Path}
		o.Object["x-service"] = GoName(text(list(o.Object["tags"])[0]))
		o.Object["x-method"] = GoName(o.id())
		if service := text(o.Object["x-service"]); !opened[service] {
			opened[service] = true
			o.Object["x-opens-service"] = true
		}
		o.Object["x-since"] = r.product.releases[at]
		o.Object["x-result"] = resultOf(o)
		if o.Object["x-class"] == nil {
			o.Object["x-class"] = classOf(o.Method)
		}
		if err := errors.Join(setShape(o, rows[at]), setResultType(r.document, o), summarise(r, o)); err != nil {
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
func setShape(o operation, committed Row) error {
	shape := committed.Shape
	body, params := jsonContent(object(o.Object["requestBody"])) != nil, false
	if shape == "" {
		shape = "-"
		for _, parameter := range o.parameters() {
			params = params || text(parameter["in"]) == "query"
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
		return fmt.Errorf("%s takes a body by operations.tsv, and the document describes none any more", o.name())
	}
	return nil
}

// setResultType writes the Go types of body and result for the templates.
func setResultType(document Object, o operation) error {
	if content := jsonContent(object(o.Object["requestBody"])); content != nil {
		o.Object["x-body-type"] = goType(document, object(content["schema"])).name
	}
	schema := answerSchema(success(o))
	if o.Object["x-result"] == resultData {
		schema = object(object(schema["properties"])["data"])
	}
	if schema == nil || o.Object["x-result"] == resultNone {
		return nil
	}
	result := goType(document, schema)
	if result.name == "" {
		return fmt.Errorf("%s: no Go type for its answer", o.name())
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
func goType(document, schema Object) typeExpression {
	if name, ok := strings.CutPrefix(text(schema["$ref"]), schemaPrefix); ok {
		return typeExpression{name, object(schemas(document)[name])["properties"] != nil}
	}
	if name := text(schema["x-go-type"]); name != "" {
		return typeExpression{name: name}
	}
	if values := object(schema["additionalProperties"]); values != nil {
		return typeExpression{name: "map[string]" + goType(document, values).name}
	}
	switch text(schema["type"]) + " " + text(schema["format"]) {
	case "string password":
		return typeExpression{name: "api.Secret"}
	case "string date-time":
		return typeExpression{name: "time.Time"}
	case "boolean ":
		return typeExpression{name: "bool"}
	case "integer int64":
		return typeExpression{name: "int64"}
	case "integer uint64":
		return typeExpression{name: "uint64"}
	case "number double":
		return typeExpression{name: "float64"}
	case "array ":
		return typeExpression{name: "[]" + goType(document, object(schema["items"])).name}
	case "object ":
		return typeExpression{name: freeObject}
	case " ":
		return typeExpression{name: "any"}
	}
	if schema["type"] == "string" {
		return typeExpression{name: "string"} // dates and addresses too, see type-mapping in gen/*/*.yaml
	}
	return typeExpression{}
}

// summarise puts our own line on an operation, and on a deprecated one the
// operation to use instead.
func summarise(r *repairing, o operation) error {
	if r.product.summaries == nil {
		return nil
	}
	s, ok := r.product.summaries[route{o.Method, o.Path}]
	if !ok && r.product.Merged {
		s.text = summaryOfAdded(o)
	}
	if strings.TrimSpace(s.text) == "" {
		return fmt.Errorf("%s has no summary: add its line to summaries.tsv", o.name())
	}
	o.Object["summary"] = s.text
	if removed := text(o.Object["x-removed"]); removed != "" {
		return r.product.nameReplacement(r.document, o, removed)
	}
	return nameSuccessor(r.document, o, s.successor)
}

// nameSuccessor says on a deprecated operation what to use instead.
func nameSuccessor(document Object, o operation, successor string) error {
	switch {
	case o.Object["deprecated"] != true && successor != "":
		return fmt.Errorf("%s has a successor in summaries.tsv and is not deprecated", o.name())
	case o.Object["deprecated"] != true:
		return nil
	case successor == "":
		o.Object["x-deprecated-reason"] = "the vendor has deprecated it and names no successor."
		return nil
	}
	method, path, _ := strings.Cut(successor, " ")
	next := object(object(object(document["paths"])[path])[strings.ToLower(method)])
	if next == nil {
		return fmt.Errorf("%s: its successor %q in summaries.tsv is no operation (METHOD /path)", o.name(), successor)
	}
	tags := list(next["tags"])
	if len(tags) == 0 {
		return fmt.Errorf("%s: its successor %s has no tag", o.name(), successor)
	}
	o.Object["x-deprecated-reason"] = "use " + GoName(text(tags[0])) + "Service." + GoName(text(next["operationId"])) + "."
	return nil
}

func uniqueOperations(document Object) error {
	ids, methods := map[string]string{}, map[string]string{}
	for _, o := range operations(document) {
		if before, ok := ids[o.id()]; ok {
			return fmt.Errorf("%s and %s have one operationId, %s: give one of them another in overlay.yaml", before, o.name(), o.id())
		}
		ids[o.id()] = o.name()
		method := text(o.Object["x-service"]) + "." + text(o.Object["x-method"])
		if before, ok := methods[method]; ok {
			return fmt.Errorf("%s and %s would both be the method %s", before, o.name(), method)
		}
		methods[method] = o.name()
	}
	return nil
}
