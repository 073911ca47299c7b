package simulator

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// Document is an OpenAPI document, loaded once and shared by any number of
// engines. It is safe for concurrent use.
type Document struct {
	base       string // the path that all operations are below
	routes     routes
	operations map[string]*Operation
	byPlace    map[place]*Operation

	derive   sync.Once
	derived  []*resource // by [Document.resources]
	finding  sync.Once
	singular []*setting // by [Document.settings]
}

// place is the method and the path template of an operation.
type place struct{ method, path string }

// Operation is what an [Engine] knows of one operation of its [Document].
type Operation struct {
	// ID is the operationId; Method and Path (the template, without the
	// server's base path) are where the document puts it.
	ID, Method, Path string
	// Auth is the x-auth extension: "" for a bearer token, "basic" or "none".
	Auth string
	// Class is what the x-class extension says of a call: "safe", "idempotent"
	// or "once".
	Class string
	// Since is the x-since extension: the release that brought the operation.
	Since string

	undocumented bool // of [Config.Undocumented]
	inData       bool // the x-result extension: the answer is the member "data"
	route        *routers.Route
	parameters   []*openapi3.Parameter
	body         *openapi3.RequestBody
	responses    *openapi3.Responses
}

// Load reads an OpenAPI 3.0 document in JSON. Every operation needs an
// operationId of its own. Objects that list their members are closed in memory:
// a member they do not list is an error, in requests and in answers.
func Load(data []byte) (*Document, error) {
	loader := openapi3.NewLoader()
	spec, err := loader.LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("simulator: load the document: %w", err)
	}
	if err := spec.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("simulator: the document is not valid: %w", err)
	}
	d := &Document{
		operations: map[string]*Operation{},
		byPlace:    map[place]*Operation{},
	}
	if len(spec.Servers) > 0 {
		d.base = strings.TrimSuffix(spec.Servers[0].URL, "/")
	}
	for _, path := range spec.Paths.InMatchingOrder() {
		item := spec.Paths.Value(path)
		for method, operation := range item.Operations() {
			if err := d.add(spec, path, method, item, operation); err != nil {
				return nil, err
			}
		}
	}
	return d, closeObjects(spec)
}

func (d *Document) add(spec *openapi3.T, path, method string, item *openapi3.PathItem, operation *openapi3.Operation) error {
	id := operation.OperationID
	if id == "" {
		return fmt.Errorf("simulator: %s %s has no operationId", method, path)
	}
	extension := func(name string) string {
		text, _ := operation.Extensions[name].(string)
		return text
	}
	added := &Operation{
		ID: id, Method: method, Path: path,
		Auth: extension("x-auth"), Class: extension("x-class"), Since: extension("x-since"),
		inData:     extension("x-result") == "data",
		route:      &routers.Route{Spec: spec, Path: path, PathItem: item, Method: method, Operation: operation},
		parameters: parametersOf(item, operation),
		responses:  operation.Responses,
	}
	if operation.RequestBody != nil {
		added.body = operation.RequestBody.Value
	}
	d.operations[id] = added
	d.byPlace[place{method, path}] = added
	d.routes.add(path, added)
	return nil
}

// parametersOf joins the parameters of a path with those of an operation, which
// win where both declare one.
func parametersOf(item *openapi3.PathItem, operation *openapi3.Operation) []*openapi3.Parameter {
	var all []*openapi3.Parameter
	for _, ref := range item.Parameters {
		if operation.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			all = append(all, ref.Value)
		}
	}
	for _, ref := range operation.Parameters {
		all = append(all, ref.Value)
	}
	return all
}

// Operation returns the operation with that id, or nil.
func (d *Document) Operation(id string) *Operation { return d.operations[id] }
