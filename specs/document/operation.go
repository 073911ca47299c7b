package document

import (
	"slices"
	"strings"
)

// The values of x-provenance: whether the vendor's documentation shows something, or it is
// inferred.
const (
	Documented = "documented"
	Inferred   = "inferred"
)

// Methods are the HTTP methods of OpenAPI 3.0, in the order in which the inventory lists
// the operations of a path.
var Methods = []string{"get", "post", "put", "patch", "delete", "head", "options", "trace"}

// Release returns the release that a document states (info.version).
func Release(document Object) string { return document.Text("info", "version") }

// A Route is an HTTP method, in upper case, and the template of a path.
type Route struct{ Method, Path string }

// String returns "METHOD /path".
func (r Route) String() string { return r.Method + " " + r.Path }

// Find returns the operation named "METHOD /path", or nil.
func Find(document Object, name string) Object {
	method, path, _ := strings.Cut(name, " ")
	return document.Object("paths", path, strings.ToLower(method))
}

// An Operation is one method of one path.
type Operation struct {
	Path, Method string // the method in upper case
	Object       Object
	Shared       []any // parameters of the path item
}

// Operations lists the operations of a document by path, and within a path by [Methods].
func Operations(document Object) []Operation {
	var out []Operation
	paths := document.Object("paths")
	for _, path := range paths.Keys() {
		item := paths.Object(path)
		for _, method := range Methods {
			if o := item.Object(method); o != nil {
				out = append(out, Operation{path, strings.ToUpper(method), o, item.List("parameters")})
			}
		}
	}
	return out
}

// ID returns the operationId, or "" if there is none.
func (o Operation) ID() string { return o.Object.Text("operationId") }

// Route returns the method and the path.
func (o Operation) Route() Route { return Route{o.Method, o.Path} }

// Name returns "METHOD /path", which is how errors name an operation.
func (o Operation) Name() string { return o.Route().String() }

// Parameters returns the parameters of the operation and those of its path.
func (o Operation) Parameters() []Object {
	var out []Object
	for _, value := range slices.Concat(o.Shared, o.Object.List("parameters")) {
		out = append(out, AsObject(value))
	}
	return out
}

// IsParameter reports whether a segment of a path is a parameter, such as {uid}.
func IsParameter(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
}

// BodyContent returns the JSON content of the request body, or nil.
func (o Operation) BodyContent() Object { return JSONContent(o.Object.Object("requestBody")) }

// Success returns the first 2xx response, or nil.
func (o Operation) Success() Object { return o.Object.Object("responses", o.SuccessStatus()) }

// SuccessStatus returns the status of the first 2xx response, or "".
func (o Operation) SuccessStatus() string {
	for _, status := range o.Object.Object("responses").Keys() {
		if strings.HasPrefix(status, "2") {
			return status
		}
	}
	return ""
}

// ResponseContent returns the JSON content of the first 2xx response, or nil.
func (o Operation) ResponseContent() Object { return JSONContent(o.Success()) }

// ResponseSchema returns the JSON schema of the first 2xx response, or nil.
func (o Operation) ResponseSchema() Object { return o.ResponseContent().Object("schema") }

// JSONContent returns the JSON content of a request body or a response, or nil.
func JSONContent(o Object) Object { return o.Object("content", "application/json") }

// A Side returns the places where what an operation sends, or receives, is described.
type Side func(Operation) []Place

// Responses is the [Side] of the responses.
func Responses(o Operation) []Place {
	var out []Place
	responses := o.Object.Object("responses")
	for _, status := range responses.Keys() {
		out = append(out, Place{responses.Object(status), ResponseRule, status})
	}
	return out
}

// Requests is the [Side] of the request: parameters and body.
func Requests(o Operation) []Place {
	var out []Place
	for _, parameter := range o.Parameters() {
		out = append(out, Place{parameter, ParameterRule, ""})
	}
	return append(out, Place{o.Object.Object("requestBody"), RequestBodyRule, ""})
}
