package simulator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// Document is an OpenAPI document, loaded once and shared by any number of engines. It
// is safe for concurrent use.
type Document struct {
	release    string
	base       string // the path prefix of all operations
	routes     routes
	operations map[string]*Operation
	byPath     map[string]map[string]*Operation // by template and method
	resources  []*resource
	settings   []*setting
}

// Release returns the release that the document states (info.version).
func (d *Document) Release() string { return d.release }

// Operation is an operation of a [Document].
type Operation struct {
	// ID is the operationId; Method and Path (the template, without the server's base
	// path) are its route.
	ID, Method, Path string
	// Auth is the x-auth extension: "" for a bearer token, "jwt", "basic" or "none".
	Auth string
	// Class is the x-class extension: "safe", "idempotent" or "once".
	Class string
	// Since is the x-since extension: the first release that has the operation.
	Since string

	undocumented bool     // see [Config.Undocumented]
	inData       bool     // the x-result extension: the result is the member "data"
	segments     []string // of Path
	route        *routers.Route
	parameters   []*openapi3.Parameter
	body         *openapi3.RequestBody
	responses    *openapi3.Responses
}

// Load reads an OpenAPI 3.0 document in JSON. Every operation needs a unique
// operationId. Objects that list their members are closed in memory: any other member
// is an error, in requests and in responses.
func Load(data []byte) (*Document, error) {
	spec, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("simulator: load the document: %w", err)
	}
	if err := spec.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("simulator: the document is not valid: %w", err)
	}
	d := &Document{release: spec.Info.Version, operations: map[string]*Operation{}, byPath: map[string]map[string]*Operation{}}
	if len(spec.Servers) > 0 {
		base, err := url.Parse(spec.Servers[0].URL)
		if err != nil {
			return nil, fmt.Errorf("simulator: the document's server: %w", err)
		}
		d.base = strings.TrimSuffix(base.Path, "/")
	}
	for _, path := range spec.Paths.InMatchingOrder() {
		item := spec.Paths.Value(path)
		d.byPath[path] = map[string]*Operation{}
		for method, operation := range item.Operations() {
			if err := d.add(spec, path, method, item, operation); err != nil {
				return nil, err
			}
		}
	}
	d.routes = newRoutes(slices.Collect(maps.Values(d.operations)))
	d.resources, d.settings = d.deriveResources(), d.deriveSettings()
	return d, errors.Join(closeObjects(spec), openEnumerations(spec))
}

// With returns the document of a release: that of the nearest earlier one, with the
// operations that came since then from this document. A route of neither is not served.
func (d *Document) With(earlier *Document) *Document {
	both := &Document{
		release: earlier.release, base: d.base, operations: maps.Clone(d.operations), byPath: map[string]map[string]*Operation{},
	}
	maps.Copy(both.operations, earlier.operations)
	for _, operation := range both.operations {
		if both.byPath[operation.Path] == nil {
			both.byPath[operation.Path] = map[string]*Operation{}
		}
		both.byPath[operation.Path][operation.Method] = operation
	}
	both.routes = newRoutes(slices.Collect(maps.Values(both.operations)))
	both.resources, both.settings = both.deriveResources(), both.deriveSettings()
	return both
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
		inData:    extension("x-result") == "data",
		route:     &routers.Route{Spec: spec, Path: path, PathItem: item, Method: method, Operation: operation},
		responses: operation.Responses,
	}
	for _, ref := range item.Parameters { // those of the operation replace them
		if operation.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			added.parameters = append(added.parameters, ref.Value)
		}
	}
	for _, ref := range operation.Parameters {
		added.parameters = append(added.parameters, ref.Value)
	}
	if operation.RequestBody != nil {
		added.body = operation.RequestBody.Value
	}
	d.operations[id] = added
	d.byPath[path][method] = added
	return nil
}

// Operation returns the operation with that id, or nil.
func (d *Document) Operation(id string) *Operation { return d.operations[id] }

// success returns the lowest success status of an operation and the schema of its
// content, nil if the document gives none.
func (o *Operation) success() (int, *openapi3.SchemaRef) {
	if o.undocumented {
		return http.StatusOK, nil
	}
	for _, code := range slices.Sorted(maps.Keys(o.responses.Map())) {
		if code[0] != '2' {
			continue
		}
		status, err := strconv.Atoi(code)
		if err != nil {
			status = http.StatusOK // a range such as 2XX
		}
		if media := o.responses.Value(code).Value.Content.Get(mediaJSON); media != nil {
			return status, media.Schema
		}
		return status, nil
	}
	return http.StatusOK, nil
}

// result returns the schema of an operation's result, without the envelope; nil if it
// has none.
func (o *Operation) result() *openapi3.SchemaRef {
	_, schema := o.success()
	if schema != nil && o.inData {
		return schema.Value.Properties["data"]
	}
	return schema
}

// closeObjects forbids members that an object does not list, in every object of a
// request body or a success. The document leaves objects open because a later release
// may add members; a simulator of one release must not, or a misspelt member would
// pass.
//
// A member that a site's document added to an object of ours (x-added) may have any value:
// the simulator may know one of that name, of another type.
//
// Some objects stay open: those of error responses, whose real bodies have more members
// than any document; those without listed members; and the parts of an allOf, each of
// which sees the members of the others.
func closeObjects(spec *openapi3.T) error {
	var closable []*openapi3.Schema
	parts := map[*openapi3.Schema]bool{}
	visit := func(_ string, ref *openapi3.SchemaRef) error {
		schema := ref.Value
		for name, member := range schema.Properties {
			if member.Extensions["x-added"] == true || member.Value.Extensions["x-added"] == true {
				schema.Properties[name] = openapi3.NewSchemaRef("", openapi3.NewSchema())
			}
		}
		if extra := schema.AdditionalProperties; len(schema.Properties) > 0 && extra.Has == nil && extra.Schema == nil {
			closable = append(closable, schema)
		}
		for _, part := range schema.AllOf {
			parts[schema], parts[part.Value] = true, true
		}
		return nil
	}
	for _, content := range closableContents(spec) {
		for _, media := range content {
			if media.Schema == nil {
				continue
			}
			if err := media.Schema.WalkSubtree(visit); err != nil {
				return fmt.Errorf("simulator: walk the document's schemas: %w", err)
			}
		}
	}
	for _, schema := range closable {
		if !parts[schema] {
			schema.AdditionalProperties.Has = new(false)
		}
	}
	return nil
}

// openEnumerations allows other values where the document knows the values of a request
// from prose (x-open-enum, which keeps the values for samples).
func openEnumerations(spec *openapi3.T) error {
	open := func(_ string, ref *openapi3.SchemaRef) error {
		if schema := ref.Value; schema.Extensions["x-open-enum"] == true {
			schema.Extensions["x-open-enum"], schema.Enum = schema.Enum, nil
		}
		return nil
	}
	var err error
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			for _, parameter := range operation.Parameters {
				err = errors.Join(err, parameter.Value.Schema.WalkSubtree(open))
			}
		}
	}
	for _, content := range closableContents(spec) {
		for _, media := range content {
			if media.Schema != nil {
				err = errors.Join(err, media.Schema.WalkSubtree(open))
			}
		}
	}
	return err
}

// closableContents lists the contents of all request bodies and successes.
func closableContents(spec *openapi3.T) []openapi3.Content {
	var all []openapi3.Content
	for _, item := range spec.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				all = append(all, operation.RequestBody.Value.Content)
			}
			for status, response := range operation.Responses.Map() {
				if status[0] == '2' {
					all = append(all, response.Value.Content)
				}
			}
		}
	}
	return all
}
