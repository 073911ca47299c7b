package call

import (
	"bytes"
	"cmp"
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

const (
	requestIDHeader = "X-Request-Id"
	maxErrorAnswer  = 1 << 20  // bytes read of an error answer
	maxErrorData    = 64 << 10 // bytes kept of one
	maxMessage      = 4 << 10  // bytes kept of its message
)

// failure begins the Error of a call that was sent.
func (s *State) failure(response *http.Response) *Error {
	e := &Error{
		Operation: s.operation.ID(),
		Method:    s.operation.Method(),
		Path:      s.operation.Path(),
		Endpoint:  s.endpoint(),
		Attempts:  s.sent(response),
		unknown:   s.isOutcomeUnknown(response),
	}
	secrets := s.hidden()
	if e.Operation == "" {
		e.Path = secrets.Text(e.Path)
	}
	if response != nil {
		e.Status = response.StatusCode
		e.RequestID = oneLine(secrets.Text(response.Header.Get(requestIDHeader)), 128)
	}
	return e
}

// noResponse is the error of a call without a response. The error of a transport layer
// keeps the class that the layer gave it.
func (s *State) noResponse(ctx context.Context, err error) *Error {
	e := s.failure(nil)
	e.Err = s.cause(ctx, err)
	var inner *Error // of a login that the call needed
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, ErrReadOnly):
		e.Class, e.Err = ErrReadOnly, nil
	case errors.Is(err, ErrUnavailable):
		e.Class = ErrUnavailable
	case failure.IsUntrusted(err):
		e.Class = ErrUntrusted
	case errors.As(err, &inner) && (inner.Class != nil || !failure.IsNetwork(inner)): // else it had no response in its own time
		e.Class = inner.Class
	case failure.IsWrongScheme(err):
	case failure.IsNetwork(err):
		e.Class = ErrUnavailable
	}
	return e
}

// cause is what an Error keeps of the error that ended the call.
func (s *State) cause(ctx context.Context, err error) error {
	return s.hidden().Error(failure.Explain(withContext(ctx, err)))
}

// malformed is the error of a 2xx that is not what was promised, or that breaks off. If
// the caller gave up, it is the error of the context, and the response is not to blame.
func (s *State) malformed(ctx context.Context, response *http.Response, err error) *Error {
	e := s.failure(response)
	e.Err = s.cause(ctx, err)
	if ctx.Err() == nil {
		e.Class = ErrMalformedResponse
	}
	return e
}

// withContext makes sure that a call which its context ended says so: some
// transports report the cause, or words of their own.
func withContext(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

// refused is the error of a response whose status is not 2xx. A DELETE that finds nothing
// is a success if an earlier attempt may have reached the server: the object is gone, as
// was asked, and which client deleted it is unknown. A missing route proves nothing.
func (c *Client) refused(ctx context.Context, s *State, response *http.Response, body []byte) error {
	e := c.judge(s, response, body)
	if s.operation.Method() == http.MethodDelete && s.replayed.Load() && errors.Is(e.Class, ErrNotFound) {
		return nil
	}
	if c.detail != nil {
		e.Err = c.detail(ctx, s.operation, e)
	}
	return e
}

// judge finds out what the server says, and the class of the error.
func (c *Client) judge(s *State, response *http.Response, body []byte) *Error {
	e := s.failure(response)
	if failure.IsAnswerToPlainHTTP(response, body) {
		e.Message = failure.SpeaksHTTPS
		return e
	}
	if isHTML(response.Header, body) {
		e.isPage = true
		e.Message = "HTML page, no answer of the API" // of the server's framework, or of a proxy
		switch e.Class = classOfStatus(e.Status); {
		case errors.Is(e.Class, ErrNotFound):
			e.Class = ErrRouteMissing // the API itself would have answered JSON
		case errors.Is(e.Class, ErrUnavailable):
			e.Message = "HTML page from a proxy"
		}
		return e
	}
	e.Message, e.Data = explain(body)
	switch {
	case e.Status/100 == 3:
		e.Message = "redirects are not followed; check the address"
	case e.Message == "" && e.Data == nil && len(body) > 0:
		e.Message = describe(response.Header, body)
	}
	if c.classify != nil {
		e.Class = c.classify(s.operation, e)
	}
	if e.Class == nil {
		e.Class = classOfStatus(e.Status)
	}
	e.hide(s.hidden())
	return e
}

// explain finds what an error response says: the member "message", else "data" if it is
// a string, else "detail" as Django REST framework calls it; and the member "data", else
// the whole.
func explain(body []byte) (message string, data stdjson.RawMessage) {
	if !isJSON(body) {
		return "", nil
	}
	body = bytes.TrimSpace(body)
	var parts struct {
		Message jsontext.Value `json:"message"`
		Data    jsontext.Value `json:"data"`
		Detail  jsontext.Value `json:"detail"`
	}
	if json.Unmarshal(body, &parts, plain) != nil || parts.Data == nil {
		parts.Data = body
	}
	if len(parts.Data) <= maxErrorData {
		data = bytes.Clone(parts.Data)
	}
	return cmp.Or(unquote(parts.Message), unquote(parts.Data), unquote(parts.Detail)), data
}
