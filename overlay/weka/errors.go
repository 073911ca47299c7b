package weka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// Error is the error of a call: the request, the backend and what the response said. Test
// for its class with errors.Is and the Err variables of this package.
type Error = call.Error

// SlashError is a request that the server, or a proxy, wants with a slash at the end of
// its path, and that could not be sent again: its body cannot be read twice, or its
// attempts are used up.
type SlashError = transport.SlashError

// RedirectError is a redirect to another server or path, which is not followed.
type RedirectError = transport.RedirectError

// EndpointsError is the cause of an [ErrUnavailable] when no backend is left: it has each
// backend with the reason why it cannot be used.
type EndpointsError = transport.EndpointsError

// LockedOutError says until when the cluster accepts no login of the user. A client
// believes 24 hours at most.
type LockedOutError = token.LockedOutError

// ThrottledError says until when the cluster, or a proxy in front, accepts no login: the
// response to one was 429 or 503 with Retry-After. A client sends none before then; it
// believes 24 hours at most.
type ThrottledError = token.ThrottledError

// The classes of errors, for errors.Is. The text of a response decides the class, since
// clusters send several of these with misleading statuses.
var (
	ErrNotFound          = call.ErrNotFound          // the object does not exist; the status is 404, 400, or 500 for a quota
	ErrAlreadyExists     = call.ErrAlreadyExists     // the name is taken, or the object is attached already
	ErrUnauthorized      = call.ErrUnauthorized      // the cluster accepts no token of this client
	ErrForbidden         = call.ErrForbidden         // the user's role does not permit the call
	ErrValidation        = call.ErrValidation        // a member or parameter is missing, unknown or wrong; see [ValidationError]
	ErrConflict          = call.ErrConflict          // the object is in use
	ErrBusy              = call.ErrBusy              // try later; for example, 32 background tasks are running, the maximum
	ErrNoCapacity        = call.ErrNoCapacity        // the drives have too little space
	ErrRouteMissing      = call.ErrRouteMissing      // the cluster's release does not have the operation; see [RouteMissingError]
	ErrUnavailable       = call.ErrUnavailable       // there is no response, or one of a proxy
	ErrUntrusted         = call.ErrUntrusted         // the certificate of the server, or of a proxy, failed verification; nothing was sent
	ErrTooLarge          = call.ErrTooLarge          // the request is too large for the server or a proxy; also an ErrValidation
	ErrMalformedResponse = call.ErrMalformedResponse // a success whose body is not the expected JSON
	ErrInvalidArgument   = call.ErrInvalidArgument   // an argument is wrong; nothing was sent
	ErrReadOnly          = call.ErrReadOnly          // [WithReadOnly] does not permit the call; nothing was sent
	// ErrOutcomeUnknown, beside the class: the call changes something, was sent, and never
	// answered, so it may have taken effect.
	ErrOutcomeUnknown = call.ErrOutcomeUnknown

	ErrNoCredentials  = token.ErrNoCredentials  // the client has nothing to log in with
	ErrBadCredentials = token.ErrBadCredentials // the cluster rejected user or password, which are not sent again
	ErrLockedOut      = token.ErrLockedOut      // there were too many failed logins; see [LockedOutError]
	ErrSessionEnded   = token.ErrSessionEnded   // the refresh token was rejected, and there is no password to log in with
	// ErrLoggedOut is the ErrSessionEnded of a client after [Client.Logout].
	ErrLoggedOut = token.ErrLoggedOut
	// ErrMalformedToken: a token has characters that a header must not have, or the response
	// to a login has no token. While that lasts, the client logs in at growing intervals,
	// since each login may open a session.
	ErrMalformedToken = token.ErrMalformed
	// ErrUnsafeFile: a token file is a link, others can write to its folder, or a token cache
	// belongs to another user; the text says what to do.
	ErrUnsafeFile    = token.ErrUnsafeFile
	ErrTokenRejected = token.ErrTokenRejected // the cluster rejected the token of [WithAccessToken]
	ErrClosed        = token.ErrClosed        // the client was closed
)

// tooManyTasksException means that an operation was not started, since the maximum of
// background tasks is running.
const tooManyTasksException = "CannotStartOperationTooManyTasks"

// classify returns the class of an error response, nil for that of the status. Statuses
// mislead: a missing object is a 400 for some deletes and a 500 for a quota, a duplicate
// is a 400, and a 404 is a missing object or a missing route. The exception class decides,
// then the message, then the status, except for the exception that only says that an
// argument is wrong, which comes after the message. A 404 without JSON is of a proxy or
// a missing route, and says nothing about an object.
func classify(_ *api.Operation, e *call.Error) error {
	names := exceptions(e.Data)
	if class := classOfExceptions(names); class != nil {
		return class
	}
	for _, rule := range messageRules {
		if (rule.status == 0 || rule.status == e.Status) && rule.matches(e.Message) {
			return rule.class
		}
	}
	switch {
	case slices.Contains(names, "IllegalArgumentException"):
		return ErrValidation
	case e.Status == http.StatusNotFound && e.Data == nil && e.Method != http.MethodHead:
		return ErrRouteMissing
	}
	return nil
}

func classOfExceptions(names []string) error {
	if slices.Contains(names, tooManyTasksException) {
		return ErrBusy
	}
	for _, name := range names {
		switch {
		case strings.HasSuffix(name, "DoesNotExistException"):
			return ErrNotFound
		case strings.HasSuffix(name, "AlreadyExistsException"):
			return ErrAlreadyExists
		case strings.Contains(name, "InUseBy"):
			return ErrConflict
		}
	}
	return nil
}

// exceptions reads data.exceptionClass: one name, or a list with the most specific first.
func exceptions(data json.RawMessage) []string {
	var object struct {
		ExceptionClass json.RawMessage `json:"exceptionClass"`
	}
	_ = json.Unmarshal(data, &object) // without an exception there is no name
	return texts(object.ExceptionClass)
}

// messageRules are messages that real clusters have sent. A status of 0 matches any. The
// rules match several words, or the end of a message, since messages quote names that
// users have chosen.
var messageRules = []struct {
	status  int
	matches func(message string) bool
	class   error
}{
	{http.StatusNotFound, isRouteMissing, ErrRouteMissing},
	{http.StatusBadRequest, has("PATH_NOT_FOUND"), ErrNotFound},
	{http.StatusInternalServerError, has("Directory has no quota"), ErrNotFound},
	{http.StatusInternalServerError, endsWith("already present in the list"), ErrAlreadyExists},
	{http.StatusBadRequest, endsWith("already in use", "already exists"), ErrAlreadyExists},
	{http.StatusBadRequest, has("Not enough available drive capacity"), ErrNoCapacity},
	{http.StatusBadRequest, endsWith(" tasks running"), ErrBusy},
	{0, has("Operation not allowed to start in filesystem"), ErrBusy},
}

func isRouteMissing(message string) bool {
	return strings.HasPrefix(message, "Route ") && strings.HasSuffix(message, " does not exist")
}

// has matches words that are not part of longer ones.
func has(words string) func(string) bool {
	return func(message string) bool {
		before, after, found := strings.Cut(message, words)
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		return found && !isWord(last) && !isWord(first)
	}
}

// endsWith matches words at the end, before a full stop and the like.
func endsWith(endings ...string) func(string) bool {
	return func(message string) bool {
		message = strings.TrimRightFunc(message, func(c rune) bool { return !isWord(c) })
		return slices.ContainsFunc(endings, func(words string) bool { return strings.HasSuffix(message, words) })
	}
}

func isWord(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

// tooManyTasks recognizes the 400 of a cluster that has the maximum of background tasks
// and has done nothing.
func tooManyTasks(response *http.Response) bool {
	if response.StatusCode != http.StatusBadRequest {
		return false
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	return json.Unmarshal(transport.Peek(response), &body) == nil &&
		slices.Contains(exceptions(body.Data), tooManyTasksException)
}

// ValidationError is the cause of an [ErrValidation]: what the cluster found wrong with
// the request. Get it with errors.As. The cluster reports one kind at a time.
type ValidationError struct {
	Missing   []string // required parameters and members of the body
	Unknown   []string // parameters and members that the release does not have
	Parameter string   // the wrong one, or ""
	Reason    string   // why it is wrong, in the cluster's words, or ""
	// Release is that of the cluster if there is something unknown; "" if the cluster
	// could not be asked.
	Release string
}

// Error names the parameters.
func (e *ValidationError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "missing: "+quoted(e.Missing))
	}
	if len(e.Unknown) > 0 {
		release := ""
		if e.Release != "" {
			release = " to WEKA " + e.Release + ", which this cluster runs"
		}
		parts = append(parts, "unknown"+release+": "+quoted(e.Unknown))
	}
	if e.Parameter != "" {
		parts = append(parts, "wrong: "+strconv.Quote(e.Parameter))
	}
	if e.Reason != "" {
		parts = append(parts, strconv.Quote(e.Reason))
	}
	return strings.Join(parts, ", ")
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strconv.Quote(name)
	}
	return strings.Join(all, ", ")
}

// RouteMissingError is the cause of an [ErrRouteMissing]; get it with errors.As.
type RouteMissingError struct {
	Since   string // the first release that is known to have the operation
	Release string // that of the cluster; "" if this client has not asked for it yet
}

// Error says which release has the operation.
func (e *RouteMissingError) Error() string {
	text := "known since WEKA " + e.Since
	if e.Release != "" {
		text += "; this cluster runs " + e.Release
	}
	return text
}

// releaseTimeout limits the request for the release after a call has failed.
const releaseTimeout = 5 * time.Second

// detail returns the cause of an error response: see call.Config.
func (c *Client) detail(ctx context.Context, operation *api.Operation, e *call.Error) error {
	switch {
	case errors.Is(e.Class, ErrRouteMissing):
		if operation.Since() != "" && e.Data != nil { // without JSON it is not of the cluster
			return &RouteMissingError{Since: operation.Since(), Release: c.release.known()}
		}
	case errors.Is(e.Class, ErrValidation):
		found := parseValidation(e.Data)
		if found == nil {
			return nil
		}
		if len(found.Unknown) > 0 && operation != releaseOperation {
			ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
			defer cancel()
			found.Release, _ = c.Release(ctx) // "" with an error, which is not that of the call
		}
		return found
	}
	return nil
}

// parseValidation reads what an error response says about parameters, nil for nothing.
func parseValidation(data json.RawMessage) *ValidationError {
	var body struct {
		Missing json.RawMessage `json:"missing_params"`
		Unknown json.RawMessage `json:"unknown_params"`
		Param   json.RawMessage `json:"param"`
		Error   json.RawMessage `json:"error"`
		Reason  json.RawMessage `json:"reason"`
	}
	_ = json.Unmarshal(data, &body) // without parameters there is nothing to report
	found := &ValidationError{
		Missing: texts(body.Missing), Unknown: texts(body.Unknown), Parameter: strings.Join(texts(body.Param), " "),
		Reason: strings.Join(append(texts(body.Error), texts(body.Reason)...), ": "),
	}
	if found.Error() == "" {
		return nil
	}
	return found
}

// texts returns the strings in a JSON list, or the one that value is. Other values are left
// out, so that they do not hide the rest.
func texts(value json.RawMessage) (all []string) {
	var decoded any
	_ = json.Unmarshal(value, &decoded)
	list, isList := decoded.([]any)
	if !isList {
		list = []any{decoded}
	}
	for _, item := range list {
		if text, _ := item.(string); text != "" {
			all = append(all, text)
		}
	}
	return all
}

var errNilContext = fmt.Errorf("weka: %w: the context is nil", ErrInvalidArgument)
