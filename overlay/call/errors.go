package call

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"unicode"

	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

// The classes of errors, for errors.Is. Config.Classify decides the class of a response,
// or else its status does.
var (
	ErrNotFound          = errors.New("not found")
	ErrAlreadyExists     = errors.New("already exists")
	ErrUnauthorized      = errors.New("unauthorized")
	ErrForbidden         = errors.New("forbidden")
	ErrValidation        = errors.New("refused as invalid")
	ErrConflict          = errors.New("conflict")
	ErrBusy              = errors.New("busy")
	ErrNoCapacity        = errors.New("no capacity")
	ErrRouteMissing      = errors.New("no such route")
	ErrUnavailable       = errors.New("unavailable")
	ErrMalformedResponse = errors.New("malformed response")
	ErrInvalidArgument   = errors.New("invalid argument")
	ErrUntrusted         = failure.ErrUntrusted
	ErrTooLarge          = fmt.Errorf("too large: %w", ErrValidation)
	ErrReadOnly          = errors.New("refused before it was sent, since the client is read-only")
)

// ErrOutcomeUnknown is an error beside its class: the call may have taken effect. It changes
// something, was sent, and the server never answered it.
var ErrOutcomeUnknown = errors.New("the outcome is unknown: the server may have acted, find out before you send it again")

// Error is the one error type of a call. It has the operation, the endpoint and what the
// server said. It never has a header or a query, and prints in one line whatever the verb,
// without Data: a response can repeat what was sent.
type Error struct {
	Operation string // the operation's id; "" for Do
	Method    string
	Path      string // the template, not the filled path; for Do the path without its query
	Endpoint  string // scheme and host, as "https://weka01:14000"
	Status    int    // HTTP status; 0 if there was no response
	RequestID string // X-Request-Id of the response, if any
	Attempts  int    // how often the request was sent; 0 if it never was

	// Message and Data are the server's words, without the secrets of the request.
	Message string          // "" if there is none; 4 KiB at most
	Data    json.RawMessage // member "data" of an error response, or all of one without it; nil above 64 KiB

	Class error // one of the classes of this package, or nil
	Err   error // the cause, or nil

	unknown bool // an ErrOutcomeUnknown
	isPage  bool // the response was HTML
}

// Error gives one line: the operation, the place, the status, the class, the
// message, and where one can be given, what to do.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Operation != "" {
		b.WriteString(e.Operation + ": ")
	}
	b.WriteString(strings.TrimSpace(e.Method + " " + e.Path))
	if e.Endpoint != "" {
		b.WriteString(" at " + e.Endpoint)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	for _, part := range e.parts() {
		b.WriteString(": " + part)
	}
	e.writeTrail(&b)
	return oneLine(b.String(), maxLine)
}

// maxLine bounds the bytes of an error's one line.
const maxLine = 1000

func (e *Error) parts() []string {
	var parts []string
	var inner *Error
	if e.Class != nil && (!errors.As(e.Err, &inner) || inner.Class != e.Class) { //nolint:errorlint // the same text
		parts = append(parts, e.Class.Error())
	}
	if e.Message != "" {
		parts = append(parts, oneLine(e.Message, maxLine/2))
	}
	if e.Err != nil {
		if last := len(parts) - 1; last >= 0 { // a colon follows
			parts[last] = strings.TrimSuffix(parts[last], ".")
		}
		parts = append(parts, e.Err.Error())
	}
	return parts
}

func (e *Error) writeTrail(b *strings.Builder) {
	var trail []string
	if e.Attempts > 1 {
		trail = append(trail, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if e.RequestID != "" {
		trail = append(trail, "request "+e.RequestID)
	}
	if len(trail) > 0 {
		b.WriteString(" (" + strings.Join(trail, ", ") + ")")
	}
	if e.unknown {
		b.WriteString("; " + ErrOutcomeUnknown.Error())
		return
	}
	var inner *Error // which has the hint already
	explained := errors.Is(e.Class, ErrUnauthorized) && e.Err != nil
	hint := hints[e.Class]
	if e.isPage && e.Status/100 == 4 {
		hint = "check the proxy or firewall in front of the API"
	}
	if hint != "" && !explained && !errors.As(e.Err, &inner) {
		b.WriteString("; " + hint)
	}
}

// hints say what to do, where the class alone tells.
var hints = map[error]string{
	ErrUnauthorized:      "check the credentials",
	ErrForbidden:         "the account may not do this",
	ErrBusy:              "try again later",
	ErrUnavailable:       "check the address and whether the server is up",
	ErrMalformedResponse: "check that the address is the API itself, not a page or proxy in front of it",
}

// Unwrap gives the class and the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Class != nil {
		errs = append(errs, e.Class)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// Is reports whether target is ErrOutcomeUnknown, and applies.
func (e *Error) Is(target error) bool { return e.unknown && target == ErrOutcomeUnknown }

// Format prints the one line of Error for every verb, %+v and %#v included. It
// has a value receiver so that a copy of the struct prints no more than that.
func (e Error) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, e.Error())
}

// LogValue returns a group of what Error prints: operation, endpoint, status, class,
// message, cause, attempts, request_id and outcome_unknown. What is empty is left out.
func (e Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("operation", cmp.Or(e.Operation, strings.TrimSpace(e.Method+" "+e.Path)))}
	add := func(key, text string) {
		if text != "" {
			attrs = append(attrs, slog.String(key, oneLine(text, maxLine)))
		}
	}
	add("endpoint", e.Endpoint)
	if e.Status != 0 {
		attrs = append(attrs, slog.Int("status", e.Status))
	}
	if e.Class != nil {
		add("class", e.Class.Error())
	}
	add("message", e.Message)
	if e.Err != nil {
		add("cause", e.Err.Error())
	}
	if e.Attempts != 0 {
		attrs = append(attrs, slog.Int("attempts", e.Attempts))
	}
	add("request_id", e.RequestID)
	if e.unknown {
		attrs = append(attrs, slog.Bool("outcome_unknown", true))
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON writes an object with the members of LogValue.
func (e Error) MarshalJSON() ([]byte, error) {
	members := map[string]any{}
	for _, attr := range e.LogValue().Group() {
		members[attr.Key] = attr.Value.Any()
	}
	return json.Marshal(members)
}

// oneLine replaces line breaks and control characters and cuts at limit bytes.
func oneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return cut(s, limit)
}

// cut bounds the bytes of a text.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// classOfStatus is the class of an answer that says nothing more.
func classOfStatus(status int) error {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return ErrValidation
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden:
		return ErrForbidden
	case http.StatusNotFound, http.StatusGone:
		return ErrNotFound
	case http.StatusMethodNotAllowed:
		return ErrRouteMissing
	case http.StatusConflict:
		return ErrConflict
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return ErrTooLarge
	case http.StatusTooManyRequests:
		return ErrBusy
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ErrUnavailable
	case http.StatusInsufficientStorage:
		return ErrNoCapacity
	default:
		return nil
	}
}
