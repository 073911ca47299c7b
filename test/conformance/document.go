package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/test/must"
)

// document is an effective document. It does not change after load, and is safe for
// concurrent use.
type document struct {
	basePath   string
	operations []*operation // by path and method
}

// operation is an operation of the document.
type operation struct {
	id, method, path string
	auth             string // "", jwt, basic or none
	class            string // safe, idempotent or once
	result           string // data, body, text, file or none
	sends, accepts   string // media types of body and result, "" for JSON
	reader           bool   // the body is an io.Reader
	route            *routers.Route
	inPath, inQuery  []*openapi3.Parameter
	body             *openapi3.SchemaRef // nil if it takes none
	status           int                 // of a success
	responseSchema   *openapi3.SchemaRef // nil if a success has no content
}

// load reads a product's effective document, see parseDocument. It closes objects in memory:
// validation rejects members that they do not list.
func load(product string) (_ *document, err error) {
	defer must.Catch(&err)
	return parseDocument(must.Get(specs.Effective(product)))
}

// parseDocument reads an effective document.
func parseDocument(text []byte) (_ *document, err error) {
	defer must.Catch(&err)
	spec, err := openapi3.NewLoader().LoadFromData(text)
	must.Hold(err == nil, "load the effective document: %w", err)
	d := &document{basePath: strings.TrimSuffix(spec.Servers[0].URL, "/")}
	for path, item := range spec.Paths.Map() {
		for method, o := range item.Operations() {
			d.operations = append(d.operations, describe(spec, path, method, item, o))
		}
	}
	slices.SortFunc(d.operations, func(a, b *operation) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return d, nil
}

func describe(spec *openapi3.T, path, method string, item *openapi3.PathItem, o *openapi3.Operation) *operation {
	op := &operation{id: o.OperationID, method: method, path: path}
	op.auth, _ = o.Extensions["x-auth"].(string)
	op.class, _ = o.Extensions["x-class"].(string)
	op.result, _ = o.Extensions["x-result"].(string)
	op.sends, _ = o.Extensions["x-sends"].(string)
	op.accepts, _ = o.Extensions["x-accepts"].(string)
	op.reader, _ = o.Extensions["x-body-reader"].(bool)
	op.route = &routers.Route{Spec: spec, Path: path, PathItem: item, Method: method, Operation: o}
	for _, p := range slices.Concat(item.Parameters, o.Parameters) {
		switch p.Value.In {
		case openapi3.ParameterInPath:
			op.inPath = append(op.inPath, p.Value)
		case openapi3.ParameterInQuery:
			op.inQuery = append(op.inQuery, p.Value)
		default:
			must.Hold(false, "%s: parameter %q is in %s, which conformance does not check", op.id, p.Value.Name, p.Value.In)
		}
	}
	slices.SortFunc(op.inPath, func(a, b *openapi3.Parameter) int {
		return strings.Index(path, "{"+a.Name+"}") - strings.Index(path, "{"+b.Name+"}")
	})
	if o.RequestBody != nil {
		op.body = contentOf(o.RequestBody.Value.Content)
	}
	for _, code := range slices.Sorted(maps.Keys(o.Responses.Map())) {
		if code[0] == '2' {
			op.status, _ = strconv.Atoi(code)
			op.responseSchema = contentOf(o.Responses.Value(code).Value.Content)
			break
		}
	}
	closeObjects(op.body)
	closeObjects(op.responseSchema)
	return op
}

func contentOf(content openapi3.Content) *openapi3.SchemaRef {
	if media := content.Get("application/json"); media != nil {
		return media.Schema
	}
	return nil
}

func closeObjects(schema *openapi3.SchemaRef) {
	if schema == nil {
		return
	}
	must.Succeed(schema.WalkSubtree(func(_ string, ref *openapi3.SchemaRef) error {
		if extra := &ref.Value.AdditionalProperties; isClosed(ref.Value) && extra.Has == nil {
			extra.Has = new(bool)
		}
		return nil
	}))
}

// isClosed reports whether an object has only the members that it lists.
func isClosed(schema *openapi3.Schema) bool {
	extra := schema.AdditionalProperties
	return len(schema.Properties) > 0 && extra.Schema == nil && (extra.Has == nil || !*extra.Has)
}

// goType returns the Go type that the document sets for a schema, "" for none.
func goType(schema *openapi3.Schema) string {
	name, _ := schema.Extensions["x-go-type"].(string)
	return name
}

// schemaOf returns the schema of a parameter, or that of its content, which is sent as JSON.
func schemaOf(p *openapi3.Parameter) *openapi3.SchemaRef {
	for _, content := range p.Content {
		return content.Schema
	}
	return p.Schema
}

// takesBody and returnsResult report whether the method has a body and a result, JSON or not.
func (op *operation) takesBody() bool     { return op.body != nil || op.sends != "" }
func (op *operation) returnsResult() bool { return op.resultSchema() != nil || op.accepts != "" }

// resultSchema returns the schema of the method's result, nil for none.
func (op *operation) resultSchema() *openapi3.SchemaRef {
	switch {
	case op.responseSchema == nil || op.result == "none":
		return nil
	case op.result == "data":
		return op.responseSchema.Value.Properties["data"]
	default:
		return op.responseSchema
	}
}
