package transport

import (
	"fmt"
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// SlashError is a request that the server wants at the same address with a slash at
// its end, and which cannot be sent again: its body cannot be read a second time, or
// the attempts of the call are used up. Write the path with the slash.
type SlashError struct {
	Method string
	Path   string // the operation's template, or what Do was given without its query
}

// Error says how to write the path.
func (e *SlashError) Error() string {
	return fmt.Sprintf("the server wants a slash at the end of %s, and this %s cannot be sent again: write the path as %s/", e.Path, e.Method, e.Path)
}

// newSlashError prefers the template: a path may hold what an error must not.
func newSlashError(request *http.Request) *SlashError {
	e := &SlashError{Method: request.Method, Path: request.URL.EscapedPath()}
	if operation := call.OperationOf(request.Context()); operation != nil {
		e.Path = operation.Path()
	}
	return e
}

// RedirectError is a redirect that is not followed: to another server or to another
// path. Nothing was sent to where it points. Whether the server did what was asked
// before it redirected, it does not say.
type RedirectError struct {
	Method string
	Status int    // 301, 302, 303, 307 or 308
	To     string // the whole address it points to, without query and user; "" if it is none
}

// Error says what answered and where it points, and what to check.
func (e *RedirectError) Error() string {
	to := e.To
	if to == "" {
		to = "no valid address"
	}
	return fmt.Sprintf("redirects are not followed: the server answered this %s with %d and points to %s; check the client's address and the path", e.Method, e.Status, to)
}

// newRedirectError leaves out what may be secret.
func newRedirectError(sent *http.Request, status int, location string) *RedirectError {
	e := &RedirectError{Method: sent.Method, Status: status}
	if to, err := sent.URL.Parse(location); err == nil {
		to.User, to.RawQuery, to.Fragment, to.RawFragment = nil, "", "", ""
		e.To = to.String()
	}
	return e
}
