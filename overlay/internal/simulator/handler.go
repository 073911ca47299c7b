package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Handler responds to the requests of one operation. An engine runs one Handler at a
// time, so Handlers share state without locks; a Handler must not block.
type Handler func(*Request) Response

// Policy decides what the document leaves open: who may call, and how errors look.
type Policy interface {
	// Authorize returns nil to let a caller in, and sets [Request.Identity], or the
	// response that rejects it. The body is not yet read. Like a [Handler] it runs
	// alone.
	Authorize(*Request) *Response
	// NoRoute responds to a request that matches no operation.
	NoRoute(*http.Request) Response
	// Invalid responds to a request that breaks the document; there is at least one
	// violation.
	Invalid(*Request, []Violation) Response
	// Empty is the success of an operation for which the document gives no content.
	Empty(r *Request, status int) Response
}

// StorePolicy is how the Handlers of a [Store] respond without an object.
type StorePolicy interface {
	// Empty is that of [Policy].
	Empty(r *Request, status int) Response
	// NotFound responds to a request for an object that does not exist; parameter is
	// the name of the path parameter that holds the id.
	NotFound(r *Request, parameter, id string) Response
	// Duplicate responds to a request that gives an object the name of another.
	Duplicate(r *Request) Response
}

// Request is a validated request, as a [Handler] sees it.
type Request struct {
	Operation *Operation
	// PathValues holds the path parameters, unescaped.
	PathValues map[string]string
	Query      url.Values
	// Body is the decoded JSON body, nil if none was sent: objects are map[string]any,
	// numbers [encoding/json.Number]. It is not set in [Policy.Authorize].
	Body any
	// Time is when the request arrived, by the engine's clock.
	Time time.Time
	// HTTP is the request as received; its body has been read.
	HTTP *http.Request
	// Identity is the caller, set by [Policy.Authorize].
	Identity any
}

// Member returns a member of a body that is an object, nil if it is absent.
func (r *Request) Member(name string) any {
	members, _ := r.Body.(map[string]any)
	return members[name]
}

// Text returns a member of the body that is a string, "" for any other.
func (r *Request) Text(name string) string { return r.TextOr(name, "") }

// TextOr returns a member of the body that is a string, or another text if it is none.
func (r *Request) TextOr(name, other string) string {
	if text, ok := r.Member(name).(string); ok {
		return text
	}
	return other
}

// Success returns the operation's success response with a value, in the envelope that
// the document gives it.
func (r *Request) Success(value any) Response {
	status, _ := r.Operation.success()
	if r.Operation.inData {
		value = map[string]any{"data": value}
	}
	return Response{Status: status, Body: value}
}

// Response is the response of a [Handler] or a [Policy].
type Response struct {
	Status int
	// Header holds headers besides Content-Type; nil is none.
	Header http.Header
	// Body is encoded as JSON: maps, slices, strings, numbers of any Go type and
	// [encoding/json.Number]. [HTML] is sent unchanged, nil sends no body.
	Body any
	// Unchecked marks a response that departs from the document on purpose, as the
	// real product does.
	Unchecked bool
}

// HTML is a [Response.Body] that is a web page.
type HTML string

// encode writes JSON as the products do, without escaping HTML. problem is "" unless
// the value cannot be encoded.
func encode(value any) (payload []byte, problem string) {
	if value == nil {
		return nil, ""
	}
	if page, ok := value.(HTML); ok {
		return []byte(page), ""
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, "the body cannot be encoded: " + err.Error()
	}
	return bytes.TrimRight(buffer.Bytes(), "\n"), ""
}
