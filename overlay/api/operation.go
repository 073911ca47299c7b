package api

import (
	"context"
	"iter"
	"net/http"
	"slices"
)

// Caller sends one operation and decodes its response.
//
// path has the values of the path parameters in their order; params is a pointer to a
// generated params struct; body is what is sent as JSON, or in the media type of
// [Operation.Sends]: as a form, or what an io.Reader reads; result is a pointer to where the
// result goes. Each is nil where the operation has none.
type Caller interface {
	Call(ctx context.Context, operation *Operation, path []any, params Params, body, result any, options ...CallOption) error
}

// Params are the query parameters of an operation: a pointer to a generated struct.
type Params interface {
	// QueryValues returns the values in the order of the operation's query parameters, or
	// nil if the pointer is nil. A value that is nil or an empty list or map is omitted,
	// and so is the zero value of a parameter that is not required.
	QueryValues() []any
}

// CallOption changes one call. It runs on the finished request, once, before the first
// attempt: it may set a header or replace the request's context. A nil option is ignored.
type CallOption func(*http.Request)

// Class says what may be done with an operation that may have been executed already.
type Class string

// The classes of operations.
const (
	ClassSafe       Class = "safe"       // changes nothing
	ClassIdempotent Class = "idempotent" // doing it twice is doing it once
	ClassOnce       Class = "once"       // sent again only when the server certainly did not act
)

// Result says where the promised result is in a response.
type Result string

// The places of results.
const (
	ResultData Result = "data" // in the member "data"
	ResultBody Result = "body" // the whole response
	ResultNone Result = "none" // no result is promised
	ResultText Result = "text" // the whole response, which is text and not JSON: a *string
	ResultFile Result = "file" // the body, which the caller reads and closes: an *io.ReadCloser
)

// Auth says how an operation is authenticated.
type Auth string

// The kinds of authentication.
const (
	AuthBearer Auth = ""      // the client's token, or the key in place of one
	AuthJWT    Auth = "jwt"   // the client's token; a server accepts no key
	AuthBasic  Auth = "basic" // a user and a password that the caller gives with the call
	AuthNone   Auth = "none"  // no credentials, as for a login
)

// Parameter says how a value of an operation is written, in OpenAPI's terms.
type Parameter struct {
	Name  string
	In    string // "path" or "query"
	Style string // "simple", "form", "deepObject", "pipeDelimited", or "json"; "" is OpenAPI's default for In

	Explode, Required bool
}

// Definition is what an [Operation] is made of. Each field is explained at the method of
// its name.
type Definition struct {
	ID, Method, Path  string
	Service, GoMethod string
	Since             string
	Class             Class
	Result            Result
	Auth              Auth
	Deprecated        bool
	Inferred          bool
	Sends, Accepts    string
	Parameters        []Parameter
}

// Operation is one operation of an API: a row of a generated table. It does not change,
// and all clients share it.
type Operation struct{ definition Definition }

// NewOperation makes an operation. The parameters must not be modified afterwards.
//
// It is one expression, so that the compiler makes static data of a package's table:
// nothing runs at the start of a program.
func NewOperation(d Definition) *Operation { return &Operation{d} }

// ID returns the operationId of the API's document as repaired, such as "getFileSystems";
// "" for a request that was made by its path.
func (o *Operation) ID() string { return o.definition.ID }

// Method returns the HTTP method, such as "GET".
func (o *Operation) Method() string { return o.definition.Method }

// Path returns the path template below the base address, such as "/fileSystems/{uid}".
func (o *Operation) Path() string { return o.definition.Path }

// Service returns the name of the Go service that has the method.
func (o *Operation) Service() string { return o.definition.Service }

// GoMethod returns the name of the Go method.
func (o *Operation) GoMethod() string { return o.definition.GoMethod }

// Since returns the first release known to have the operation, "" if unknown.
func (o *Operation) Since() string { return o.definition.Since }

// Class returns what the transport may do with it.
func (o *Operation) Class() Class { return o.definition.Class }

// Result returns where the result is in a response.
func (o *Operation) Result() Result { return o.definition.Result }

// Auth returns the credentials it takes.
func (o *Operation) Auth() Auth { return o.definition.Auth }

// Deprecated reports whether the vendor has deprecated it.
func (o *Operation) Deprecated() bool { return o.definition.Deprecated }

// Inferred reports whether no documentation shows the route, so that a server may not
// have it.
func (o *Operation) Inferred() bool { return o.definition.Inferred }

// Sends returns the media type of the body, "" for JSON.
func (o *Operation) Sends() string { return o.definition.Sends }

// Accepts returns the media type of the result, "" for JSON.
func (o *Operation) Accepts() string { return o.definition.Accepts }

// Parameters iterates over the parameters: of the path in its order, then of the query in
// the order of the document.
func (o *Operation) Parameters() iter.Seq[Parameter] { return slices.Values(o.definition.Parameters) }
