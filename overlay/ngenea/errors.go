package ngenea

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/pages"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// Error is the error of a call: the request, the server and what the response
// said. Test for its class with errors.Is and the Err variables of this package, and get the
// fields of a rejected body with errors.As and [ValidationError].
type Error = call.Error

// SlashError is a request that the Hub wants with a slash at the end of its path, and that
// could not be sent again: its body cannot be read twice, or its attempts are used up.
// Generated methods have the slash, and Do adds it.
type SlashError = transport.SlashError

// ThrottledError says until when the Hub, or a proxy in front, accepts no login: the
// response to one was 429 or 503 with Retry-After. A client sends none before then; it
// believes 24 hours at most.
type ThrottledError = token.ThrottledError

// RedirectError is a redirect to another server or path, which is not followed.
type RedirectError = transport.RedirectError

// The classes of errors, for errors.Is.
var (
	ErrNotFound          = call.ErrNotFound          // the object, or the page of a list, does not exist
	ErrUnauthorized      = call.ErrUnauthorized      // the Hub accepts no token of this client, or not its key
	ErrForbidden         = call.ErrForbidden         // the user's groups do not permit the call
	ErrValidation        = call.ErrValidation        // the body is wrong; see [ValidationError]
	ErrConflict          = call.ErrConflict          // the object is in use
	ErrBusy              = call.ErrBusy              // too many requests; try later
	ErrRouteMissing      = call.ErrRouteMissing      // this Hub does not have the operation; see [InferredRouteError]
	ErrUnavailable       = call.ErrUnavailable       // there is no response, or one of a proxy
	ErrUntrusted         = call.ErrUntrusted         // the certificate of the server, or of a proxy, failed verification; nothing was sent
	ErrTooLarge          = call.ErrTooLarge          // the request is too large for the server or a proxy; also an ErrValidation
	ErrMalformedResponse = call.ErrMalformedResponse // a success whose body is not the expected JSON
	ErrInvalidArgument   = call.ErrInvalidArgument   // an argument is wrong; nothing was sent
	ErrReadOnly          = call.ErrReadOnly          // [WithReadOnly] does not permit the call; nothing was sent
	// ErrOutcomeUnknown, beside the class: the call changes something, was sent, and never
	// answered, so it may have taken effect.
	ErrOutcomeUnknown = call.ErrOutcomeUnknown
	// ErrRepeatedCursor: an iterator got the link to an earlier page again; the list would
	// never end.
	ErrRepeatedCursor = pages.ErrRepeatedCursor

	ErrNoCredentials  = token.ErrNoCredentials  // the client has nothing to log in with
	ErrBadCredentials = token.ErrBadCredentials // the Hub rejected user or password, which are not sent again
	ErrSessionEnded   = token.ErrSessionEnded   // the refresh token was rejected, and there is no password to log in with
	// ErrLoggedOut is the ErrSessionEnded of a client after [Client.Logout].
	ErrLoggedOut = token.ErrLoggedOut
	// ErrMalformedToken: a token or key has characters that a header must not have, or the
	// response to a login has no token. While that lasts, the client logs in at growing
	// intervals.
	ErrMalformedToken = token.ErrMalformed
	// ErrUnsafeFile: a file of the token cache is a link, others can write to its folder, or
	// it belongs to another user; the text says what to do.
	ErrUnsafeFile = token.ErrUnsafeFile
	// ErrTokenRejected: the Hub rejected the token of [WithAccessToken], or the key of
	// [WithClientKey] ([ErrClientKeyRejected]).
	ErrTokenRejected = token.ErrTokenRejected
	ErrClosed        = token.ErrClosed // the client was closed
	// ErrUserInactive: the Hub has deactivated or deleted the user of the session. It is an
	// [ErrUnauthorized]. Another token of the user would be rejected too, so none is
	// requested.
	ErrUserInactive = errors.New("the Hub has deactivated or deleted the user of the session, so no token of it is accepted")

	ErrJobFailed   = wait.ErrFailed  // the job ended without success; see [JobError]
	ErrWaitTimeout = wait.ErrTimeout // the bound of a wait or the deadline of its context has passed
	ErrNoBound     = wait.ErrNoBound // a wait has neither a bound above 0 nor a deadline
)

// Codes and details of Django REST framework and its JSON web tokens.
const (
	codeTokenNotValid = "token_not_valid"
	codeUserInactive  = "user_inactive"
	codeUserNotFound  = "user_not_found"
	detailNoPage      = "Invalid page."
)

// detailsUnauthorized are about the credentials even with a 403, the status that the
// framework uses if it has no challenge.
var detailsUnauthorized = []string{
	"Authentication credentials were not provided.",
	"Incorrect authentication credentials.",
}

// problem is the framework's error response, unless it is a map of fields.
type problem struct {
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

func problemOf(body []byte) (p problem) {
	if json.Unmarshal(body, &p) != nil {
		return problem{}
	}
	return p
}

// hasNoUser reports that a token is valid, but its user is not.
func (p problem) hasNoUser() bool { return p.Code == codeUserInactive || p.Code == codeUserNotFound }

// classify returns the class of an error response, nil for that of the status.
func classify(operation *api.Operation, e *call.Error) error {
	p := problemOf(e.Data)
	switch e.Status {
	case http.StatusForbidden:
		if p.Code == codeTokenNotValid || slices.Contains(detailsUnauthorized, p.Detail) {
			return ErrUnauthorized
		}
	case http.StatusNotFound:
		if e.Data == nil || isBareRoute(operation) && p.Detail != detailNoPage {
			return ErrRouteMissing // for a missing object the API sends JSON
		}
	case http.StatusNotAcceptable, http.StatusUnsupportedMediaType:
		return ErrValidation
	}
	return nil
}

// isBareRoute reports whether a route is inferred and has no object in its path, so that
// only the route itself can be missing.
func isBareRoute(operation *api.Operation) bool {
	return operation.Inferred() && !strings.Contains(operation.Path(), "{")
}

// rejectsToken reports whether the Hub rejected a token: with a 401, or a 403 with that
// code. Every other 403 is about permission. Another token does not help with a 401 with
// HTML, which is of a proxy, or about the user.
func rejectsToken(response *http.Response) bool {
	switch response.StatusCode {
	case http.StatusUnauthorized:
		body := transport.Peek(response)
		return len(body) == 0 || json.Valid(body) && !problemOf(body).hasNoUser()
	case http.StatusForbidden:
		return problemOf(transport.Peek(response)).Code == codeTokenNotValid
	}
	return false
}

// never is rejectsToken for a client key, which cannot be replaced.
func never(*http.Response) bool { return false }

// InferredRouteError is the cause of an [ErrRouteMissing] of an operation that is not in the
// documentation. Get it with errors.As.
type InferredRouteError struct {
	Operation string // its id
	Hub       string // scheme and host
}

// Error has the command that fetches the Hub's own document.
func (e *InferredRouteError) Error() string {
	return fmt.Sprintf("%s is not in the documentation, and this Hub may have it elsewhere: pull the Hub's own document with `go run ./specs/refresh pull -from %s/api/docs/ ngenea`", e.Operation, e.Hub)
}

// detail returns the cause of an error response: see call.Config.
func detail(_ context.Context, operation *api.Operation, e *call.Error) error {
	switch {
	case e.Status == http.StatusNotFound && strings.HasPrefix(e.Message, "Route ") && strings.HasSuffix(e.Message, " does not exist"):
		return errIsCluster
	case errors.Is(e.Class, ErrUnauthorized):
		if problemOf(e.Data).hasNoUser() {
			return ErrUserInactive
		}
	case errors.Is(e.Class, ErrValidation):
		if found := validationOf(e.Data); found != nil {
			return found
		}
	case errors.Is(e.Class, ErrRouteMissing):
		if operation.Inferred() {
			return &InferredRouteError{Operation: e.Operation, Hub: e.Endpoint}
		}
	}
	return nil
}

// detailWithKey is detail for a client with a key. A response without JSON is of a proxy,
// which does not check keys.
func detailWithKey(ctx context.Context, operation *api.Operation, e *call.Error) error {
	if errors.Is(e.Class, ErrUnauthorized) && e.Data != nil {
		return ErrClientKeyRejected
	}
	return detail(ctx, operation, e)
}

// generalField is where the framework puts what concerns no single field.
const generalField = "non_field_errors"

// ValidationError is the cause of an [ErrValidation]: what the Hub found wrong with the
// fields of a body. Get it with errors.As.
type ValidationError struct {
	// Fields are the messages of the Hub by field. The name of a nested field is its path,
	// as "filter_rules[0].state"; "non_field_errors" is about no single field.
	Fields map[string][]string
}

// Error returns every field with its messages, ordered by name.
func (e *ValidationError) Error() string {
	parts := make([]string, 0, len(e.Fields))
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		parts = append(parts, field+": "+strings.Join(e.Fields[field], " "))
	}
	return strings.Join(parts, "; ")
}

// validationOf reads the framework's map of fields, nil if the response is none.
func validationOf(body []byte) *ValidationError {
	var whole any
	_ = json.Unmarshal(body, &whole) // without JSON there are no fields
	if members, ok := whole.(map[string]any); ok {
		for _, name := range []string{"detail", "code"} { // of the whole response
			if _, text := members[name].(string); text {
				delete(members, name)
			}
		}
	}
	e := &ValidationError{Fields: map[string][]string{}}
	e.collect("", whole)
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// collect adds the texts in a value, however deep in lists and objects.
func (e *ValidationError) collect(path string, value any) {
	switch value := value.(type) {
	case string:
		if path == "" {
			path = generalField
		}
		e.Fields[path] = append(e.Fields[path], value)
	case []any:
		for i, item := range value {
			inner := path
			if _, text := item.(string); !text {
				inner += "[" + strconv.Itoa(i) + "]"
			}
			e.collect(inner, item)
		}
	case map[string]any:
		for name, item := range value {
			inner := name
			if path != "" {
				inner = path + "." + name
			}
			e.collect(inner, item)
		}
	}
}

// errIsCluster is the cause of a 404 in the words of a WEKA cluster.
var errIsCluster = errors.New("a WEKA cluster answers at this address, and not a Hub: use package weka for it")

var errNilContext = fmt.Errorf("ngenea: %w: the context is nil", ErrInvalidArgument)
