package document

import (
	"maps"
	"slices"
	"strings"
)

// An operation is one method of one path, with what stands there.
type Operation struct {
	Path, Method string // the method in upper case
	Object       Object
	Shared       []any // parameters of the path item
}

// ID returns the operationId, or "" if there is none.
func (o Operation) ID() string { return o.Object.Text("operationId") }

// Name returns "METHOD /path", which is how errors name an operation with or without an id.
func (o Operation) Name() string { return o.Method + " " + o.Path }

// parameters are those of the operation and those that its path shares.
func (o Operation) Parameters() []Object {
	var out []Object
	for _, value := range slices.Concat(o.Shared, o.Object.List("parameters")) {
		out = append(out, AsObject(value))
	}
	return out
}

// operations lists a document's operations by path, and within a path in the order of methods.
func Operations(document Object) []Operation {
	var out []Operation
	paths := document.Object("paths")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths.Object(path)
		for _, method := range Methods {
			if o := item.Object(method); o != nil {
				out = append(out, Operation{path, strings.ToUpper(method), o, item.List("parameters")})
			}
		}
	}
	return out
}

// success is the answer of an operation that worked: its first 2xx response.
func Success(o Operation) Object {
	responses := o.Object.Object("responses")
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if strings.HasPrefix(status, "2") {
			return responses.Object(status)
		}
	}
	return nil
}

// answerSchema is the JSON schema of a response, or nil.
func ResponseSchema(response Object) Object { return JSONContent(response).Object("schema") }

// jsonContent is what a request body or a response says about its JSON, or nil.
func JSONContent(o Object) Object {
	return o.Object("content", "application/json")
}

// A side is one direction of an operation: what is sent, or what is answered.
type side func(Operation) []Place

// Responses returns the places where what the operation answers is described.
func Responses(o Operation) []Place {
	var out []Place
	responses := o.Object.Object("responses")
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		out = append(out, Place{responses.Object(status), ResponseRule, status})
	}
	return out
}

// Requests returns the places where what the operation sends is described: parameters and body.
func Requests(o Operation) []Place {
	var out []Place
	for _, parameter := range o.Parameters() {
		out = append(out, Place{parameter, ParameterRule, ""})
	}
	return append(out, Place{o.Object.Object("requestBody"), requestBodyRule, ""})
}

// A route is what an operation is called by, whatever its id: method and path.
type Route struct{ Method, Path string }

// methods are the HTTP methods that OpenAPI 3.0 knows, in the order in which the
// inventory lists the operations of one path.
var Methods = []string{"get", "post", "put", "patch", "delete", "head", "options", "trace"}

// HasRoute reports whether a document has the operation named "METHOD /path".
func HasRoute(document Object, name string) bool {
	method, path, _ := strings.Cut(name, " ")
	return document.Object("paths", path)[strings.ToLower(method)] != nil
}

// Inferred is the x-provenance of what no documentation shows.
const Inferred = "inferred"

// Documented is the x-provenance of what the vendor's documentation shows.
const Documented = "documented"

// IsParameter reports whether a segment of a path is a parameter, such as {uid}.
func IsParameter(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
}

// Release returns the release that a document states (info.version).
func Release(contract Object) string { return contract.Text("info", "version") }

// Route is the operation's method and path.
func (o Operation) Route() Route { return Route{o.Method, o.Path} }

// String returns "METHOD /path".
func (r Route) String() string { return r.Method + " " + r.Path }
