package call

import (
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Response is what WithResponse reports of a call beside its result.
type Response struct {
	Status    int         // the HTTP status; 0 if there was no response
	Header    http.Header // of the response
	RequestID string      // X-Request-Id of the response, if any
	Endpoint  string      // scheme and host of the last attempt, as "https://weka01:14000"
	Attempts  int         // how often the request was sent
	Replayed  bool        // it was sent again though the server may have acted before; a DELETE that then finds nothing is a success, with the Status of the last response
	Body      []byte      // the body as received, only with WithRawBody

	Unfit      []Unfit // members that do not fit their Go types, the first 1000
	UnfitCount int     // how many there are
}

// WithResponse fills in r when the call ends, whether it succeeds or fails. Without a
// response Status is 0 and Header nil. A call whose arguments are invalid leaves r as
// it is.
func WithResponse(r *Response) api.CallOption {
	return func(req *http.Request) {
		if s := StateOf(req); s != nil {
			s.response = r
		}
	}
}

// WithRawBody copies the body of the response as received, of an error response too. It
// can hold secrets.
func WithRawBody(body *[]byte) api.CallOption {
	return func(req *http.Request) {
		if s := StateOf(req); s != nil && body != nil {
			s.raw = append(s.raw, body)
		}
	}
}

// WithHeader sets a header, in place of the one that the call would send.
func WithHeader(key, value string) api.CallOption {
	return func(req *http.Request) { req.Header.Set(key, value) }
}

// WithQuery adds a query parameter that a newer release knows and the document does not.
// It is escaped, and added beside one of the same name.
func WithQuery(key, value string) api.CallOption {
	return func(req *http.Request) {
		if s := StateOf(req); s != nil && !utf8.ValidString(key+value) {
			s.invalid = fmt.Errorf("query parameter %q: %w", key, errNotUTF8)
		}
		pair := url.QueryEscape(key) + "=" + url.QueryEscape(value)
		if req.URL.RawQuery != "" {
			pair = req.URL.RawQuery + "&" + pair
		}
		req.URL.RawQuery = pair
	}
}

// WithClassesOf makes Do as careful with a route as the operation that has it: a PUT or
// DELETE of api.ClassOnce is not sent again because it is called by its path. It is an
// option, so that a program without Do links no table of operations.
func WithClassesOf(operations []*api.Operation) api.CallOption {
	return func(req *http.Request) {
		s := StateOf(req)
		if s == nil || s.operation.ID() != "" || s.operation.Class() != api.ClassIdempotent {
			return
		}
		for _, op := range operations {
			if op.Class() == api.ClassOnce && op.Method() == req.Method && fits(op.Path(), s.operation.Path()) {
				s.operation = api.NewOperation(api.Definition{Method: req.Method, Path: s.operation.Path(), Class: api.ClassOnce, Result: s.operation.Result()})
			}
		}
	}
}

// WithBasicAuth authenticates one call with a user and a password instead of the client's
// token, as operations of api.AuthBasic need.
func WithBasicAuth(user, password string) api.CallOption {
	return func(req *http.Request) { req.SetBasicAuth(user, password) }
}
