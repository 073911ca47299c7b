package document

import (
	"cmp"
	"slices"
	"strconv"
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

// CompareReleases returns a negative number if the first release is earlier, such as 4.10 and
// 5.0, 0 if they are the same, and a positive number if it is later. A part that is no number
// counts as 0.
func CompareReleases(a, b string) int { return slices.Compare(releaseParts(a), releaseParts(b)) }

func releaseParts(release string) []int {
	var parts []int
	for part := range strings.SplitSeq(release, ".") {
		n, _ := strconv.Atoi(part)
		parts = append(parts, n)
	}
	return parts
}

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
	for _, value := range o.OwnParameters() {
		out = append(out, AsObject(value))
	}
	return out
}

// OwnParameters returns the same as a list of the document: those of the path first, unless
// the operation has another of that name.
func (o Operation) OwnParameters() []any {
	own := o.Object.List("parameters")
	shared := slices.DeleteFunc(slices.Clone(o.Shared), func(value any) bool {
		return slices.ContainsFunc(own, func(other any) bool {
			a, b := AsObject(value), AsObject(other)
			return a["name"] == b["name"] && a["in"] == b["in"]
		})
	})
	return slices.Concat(shared, own)
}

// ParameterSchema returns the schema of a parameter, its own or that of its content, and the
// object that holds it.
func ParameterSchema(parameter Object) (schema, holder Object) {
	if content := parameter.Object("content"); len(content) > 0 {
		parameter = content.Object(content.Keys()[0])
	}
	return parameter.Object("schema"), parameter
}

// IsParameter reports whether a segment of a path is a parameter, such as {uid}.
func IsParameter(segment string) bool {
	return strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}")
}

// BodyContent returns the content of the request body: JSON, or its only one, or nil.
func (o Operation) BodyContent() Object { return onlyContent(o.Object.Object("requestBody")) }

// Success returns the first 2xx response, with content if one has it, or nil.
func (o Operation) Success() Object { return o.Object.Object("responses", o.SuccessStatus()) }

// SuccessStatus returns the status of Success, or "".
func (o Operation) SuccessStatus() string {
	first, responses := "", o.Object.Object("responses")
	for _, status := range responses.Keys() {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		if responses.Object(status, "content") != nil {
			return status
		}
		first = cmp.Or(first, status)
	}
	return first
}

// ResponseContent returns the content of Success: JSON, or its only one, or nil.
func (o Operation) ResponseContent() Object { return onlyContent(o.Success()) }

// ResponseSchema returns the schema of ResponseContent, or nil.
func (o Operation) ResponseSchema() Object { return o.ResponseContent().Object("schema") }

// JSON is the media type of JSON.
const JSON = "application/json"

// JSONContent returns the JSON content of a request body or a response, or nil.
func JSONContent(o Object) Object { return o.Object("content", JSON) }

func onlyContent(o Object) Object {
	if content := o.Object("content"); len(content) == 1 {
		return content.Object(content.Keys()[0])
	}
	return JSONContent(o)
}

// Media returns the only media type of the content of a body or a response, or "".
func Media(o Object) string {
	if content := o.Object("content"); len(content) == 1 {
		return content.Keys()[0]
	}
	return ""
}

// IsBinary reports whether a schema describes a file.
func IsBinary(schema Object) bool { return schema["type"] == "string" && schema["format"] == "binary" }

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
