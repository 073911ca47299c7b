package call

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// DefaultMaxAnswer bounds an answer where Config.MaxResponse is 0: 256 MiB.
const DefaultMaxAnswer = 256 << 20

// Config is what a front door knows of its API and its server.
type Config struct {
	// Base is the address below which the paths of operations lie, as
	// https://weka01:14000/api/v2, with or without a slash at the end.
	Base *url.URL
	// Transport sends one request; nil is http.DefaultTransport. Redirects that
	// it hands back are error answers.
	Transport http.RoundTripper
	// Classify names the class of an error answer, one of this package's or one
	// of the API's own, or nil to leave it to the status. It is not asked about
	// HTML: a proxy wrote that.
	Classify func(*api.Operation, *Error) error
	// Detail returns a typed cause for an error response, or nil; it becomes Error.Err.
	// It is asked last, about HTML too, when the class is known and the secrets of the
	// request are hidden. The context is the call's: Detail may make further calls.
	Detail func(context.Context, *api.Operation, *Error) error
	// UserAgent names the SDK and its version.
	UserAgent string
	// MaxResponse is how many bytes of an answer are read at most; a longer one is
	// ErrMalformedResponse. 0 is DefaultMaxAnswer.
	MaxResponse int64
	// StrictResponses makes every member of a response that does not fit its Go type an
	// ErrMalformedResponse, in place of an entry in Response.Unfit.
	StrictResponses bool
	// Unfit is called when members of a response did not fit, with the first 1000 of them
	// and how many there are. The slice is the caller's too: see Response.Unfit.
	Unfit func(ctx context.Context, op *api.Operation, members []Unfit, count int)
}

// Client makes the calls of one API at one server. It holds no connection and
// no goroutine of its own and is safe for concurrent use.
type Client struct {
	base      url.URL
	endpoint  string
	transport http.RoundTripper
	classify  func(*api.Operation, *Error) error
	detail    func(context.Context, *api.Operation, *Error) error
	userAgent string
	maxAnswer int64
	strict    bool
	unfit     func(context.Context, *api.Operation, []Unfit, int)
}

// New makes a client. It checks nothing: addresses are the front door's, which
// can say what the user wrote.
func New(config Config) *Client {
	c := &Client{
		transport: config.Transport,
		classify:  config.Classify,
		detail:    config.Detail,
		userAgent: config.UserAgent,
		maxAnswer: config.MaxResponse,
		strict:    config.StrictResponses,
		unfit:     config.Unfit,
	}
	if config.Base != nil {
		c.base = url.URL{
			Scheme:  config.Base.Scheme,
			Host:    config.Base.Host,
			Path:    strings.TrimSuffix(config.Base.Path, "/"),
			RawPath: strings.TrimSuffix(config.Base.EscapedPath(), "/"),
		}
		c.endpoint = c.base.Scheme + "://" + c.base.Host
	}
	if c.transport == nil {
		c.transport = http.DefaultTransport
	}
	if c.maxAnswer == 0 {
		c.maxAnswer = DefaultMaxAnswer
	}
	return c
}

// Call makes one operation; it implements api.Caller for the generated methods.
// Path has the values of the template's parameters in their order. Params may be nil, and
// so may the pointer in it. Body is sent as JSON, or as [api.Operation.Sends] says, unless it
// is nil. Result receives what [api.Operation.Result] promises and is nil where that is nothing;
// the caller closes a file. Every error is an *Error.
func (c *Client) Call(ctx context.Context, op *api.Operation, path []any, params api.Params, body, result any, options ...api.CallOption) error {
	if op == nil {
		return &Error{Class: ErrInvalidArgument, Err: errors.New("the operation is nil")}
	}
	to, err := locate(op, path, params)
	if err != nil {
		return invalid(op, err)
	}
	return c.call(ctx, op, to, body, result, options)
}

// Do calls a route that the document does not know. Path is relative to the base address,
// with or without a leading slash; it may have a query, and is sent as given, a trailing
// slash included. A scheme, another host and the segments "." and ".." are refused. In is
// sent as JSON unless it is nil; send prepared JSON as a json.RawMessage. Out receives the
// member "data" of the response, or all of a response without one, or all of it if out is
// a struct with a field for "data"; nil ignores the response. GET and HEAD are of
// api.ClassSafe, PUT and DELETE of api.ClassIdempotent unless WithClassesOf says otherwise,
// the rest of api.ClassOnce. Every error is an *Error.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, options ...api.CallOption) error {
	template, _, _ := strings.Cut(path, "?")
	d := api.Definition{Method: method, Path: template, Class: api.ClassOnce, Result: api.ResultData}
	switch method {
	case http.MethodGet, http.MethodHead:
		d.Class = api.ClassSafe
	case http.MethodPut, http.MethodDelete:
		d.Class = api.ClassIdempotent
	}
	if out == nil {
		d.Result = api.ResultNone
	}
	to, err := relative(path)
	if err != nil {
		if strings.Contains(d.Path, "@") {
			d.Path = "" // it can be an address with a password
		}
		return invalid(api.NewOperation(d), err)
	}
	return c.call(ctx, api.NewOperation(d), to, in, out, options)
}

func invalid(op *api.Operation, err error) *Error {
	return &Error{Operation: op.ID(), Method: op.Method(), Path: op.Path(), Class: ErrInvalidArgument, Err: err}
}

// call takes a call from its arguments to its result. What fails on the way is an *Error:
//
//	newRequest   request.go    invalid
//	RoundTrip    Transport     noResponse
//	receive      response.go   noResponse; malformed if a 2xx breaks off
//	accept       response.go   malformed; refused if the status is not 2xx
func (c *Client) call(ctx context.Context, op *api.Operation, to location, body, result any, options []api.CallOption) error {
	if ctx == nil {
		return invalid(op, errors.New("the context is nil"))
	}
	if result != nil && (reflect.TypeOf(result).Kind() != reflect.Pointer || isNil(result)) {
		return invalid(op, errors.New("the result must be a pointer that is not nil"))
	}
	req, s, err := c.newRequest(ctx, op, to, body, options)
	if err != nil {
		return invalid(op, err)
	}
	response, err := c.transport.RoundTrip(req) //nolint:bodyclose // receive closes it
	if err == nil && response == nil {
		err = errors.New("the transport gave neither a response nor an error")
	}
	if err != nil {
		s.report(nil)
		return s.noResponse(req.Context(), err)
	}
	if file, ok := result.(*io.ReadCloser); ok && op.Result() == api.ResultFile {
		return c.hand(req.Context(), s, response, file)
	}
	return c.read(req.Context(), s, response, result)
}
