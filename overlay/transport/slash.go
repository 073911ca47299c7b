package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// SlashRule says how the paths of an API end. It applies to paths given to Do; a generated
// operation has the path of its contract.
type SlashRule int

const (
	// SlashAsGiven leaves paths as they are.
	SlashAsGiven SlashRule = iota
	// SlashAdded ends the path of a POST, PUT, PATCH or DELETE with a slash (Ngenea Hub):
	// without it a Django server redirects, and a redirected request loses its body.
	SlashAdded
	// SlashRemoved ends no path with a slash, since no route of the API has one (WEKA).
	SlashRemoved
)

// Slash ends paths as the API wants them and handles redirects.
//
// A redirect that only adds a slash (301, 302, 307, 308) is followed once, for every method:
// the request is sent again with its method and its whole body. Frameworks redirect before
// they look for a handler, so nothing is executed twice. If the body cannot be read again,
// or the call has no attempts left, the result is a [*SlashError].
//
// Every other redirect is a [*RedirectError]: a redirected POST would become a GET without
// its body, and a token would follow to another host.
//
// A request is sent again only to where it went before, whatever the Location header says.
// The location is compared with that address and then discarded. A server behind a proxy
// may write another scheme or leave out the port; another host or port is another server.
type Slash struct {
	Next http.RoundTripper
	Rule SlashRule
}

// RoundTrip implements http.RoundTripper.
func (s *Slash) RoundTrip(request *http.Request) (*http.Response, error) {
	request = s.Rule.apply(request)
	response, err := s.Next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	to, redirected := redirect(response)
	if !redirected {
		return response, nil
	}
	discard(response)
	if sent := sentRequest(response, request); response.StatusCode == http.StatusSeeOther || !addsOnlySlash(to, sent) {
		return nil, newRedirectError(sent, response.StatusCode, to)
	}
	again, ok := rewind(request)
	if !ok {
		return nil, newSlashError(request)
	}
	if !call.StateOf(request).TakeAttempt() {
		closeBody(again)
		return nil, newSlashError(request)
	}
	return s.resend(withSlash(again))
}

// resend does not follow a second redirect.
func (s *Slash) resend(request *http.Request) (*http.Response, error) {
	response, err := s.Next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if to, redirected := redirect(response); redirected {
		discard(response)
		return nil, newRedirectError(sentRequest(response, request), response.StatusCode, to)
	}
	return response, nil
}

// apply returns the request, or a copy of it whose path ends as the rule wants.
func (r SlashRule) apply(request *http.Request) *http.Request {
	operation := call.StateOf(request).Operation()
	if operation == nil || operation.ID() != "" {
		return request
	}
	switch r {
	case SlashAdded:
		switch request.Method {
		case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
			return withSlash(request)
		}
	case SlashRemoved:
		return withoutSlash(request)
	}
	return request
}

// withSlash goes by the escaped path: an escaped slash at its end is part of a name.
func withSlash(request *http.Request) *http.Request {
	if strings.HasSuffix(request.URL.EscapedPath(), "/") {
		return request
	}
	return withPath(request, request.URL.Path+"/", request.URL.EscapedPath()+"/")
}

func withoutSlash(request *http.Request) *http.Request {
	sent := request.URL.EscapedPath()
	short := strings.TrimRight(sent, "/")
	if short == sent {
		return request
	}
	return withPath(request, request.URL.Path[:len(request.URL.Path)-(len(sent)-len(short))], short)
}

func withPath(request *http.Request, path, escaped string) *http.Request {
	changed := request.WithContext(request.Context())
	address := *request.URL
	address.Path, address.RawPath = path, escaped
	changed.URL = &address
	return changed
}

// redirect returns the target of a response that redirects.
func redirect(response *http.Response) (to string, ok bool) {
	switch response.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to = response.Header.Get("Location")
	}
	return to, to != ""
}

// sentRequest is the request that the server answered: an inner layer may have chosen
// another endpoint.
func sentRequest(response *http.Response, request *http.Request) *http.Request {
	if response.Request != nil && response.Request.URL != nil {
		return response.Request
	}
	return request
}

// addsOnlySlash compares decoded paths and decoded queries, since frameworks escape them in
// their own way.
func addsOnlySlash(location string, sent *http.Request) bool {
	to, err := sent.URL.Parse(location)
	return err == nil && to.User == nil && to.Fragment == "" &&
		to.Path == sent.URL.Path+"/" && equalQuery(to.RawQuery, sent.URL.RawQuery) &&
		isOwnHost(to, sent)
}

// isOwnHost ignores the scheme and accepts a missing port, because a server behind a proxy
// that terminates TLS knows neither.
func isOwnHost(to *url.URL, sent *http.Request) bool {
	if to.Scheme != "http" && to.Scheme != "https" {
		return false
	}
	for _, host := range []string{sent.URL.Host, sent.Host} {
		own := url.URL{Scheme: sent.URL.Scheme, Host: host}
		if strings.EqualFold(to.Hostname(), own.Hostname()) && (to.Port() == "" || to.Port() == own.Port()) {
			return true
		}
	}
	return false
}

func equalQuery(one, other string) bool {
	if one == other {
		return true
	}
	left, errLeft := url.ParseQuery(one)
	right, errRight := url.ParseQuery(other)
	return errLeft == nil && errRight == nil && left.Encode() == right.Encode()
}

// SlashError is a request that the server wants at the same address with a slash at the
// end, and that cannot be sent again: its body cannot be read a second time, or the call
// has no attempts left. Write the path with the slash.
type SlashError struct {
	Method string
	Path   string // the operation's template, or the path given to Do without its query
}

// Error says how to write the path.
func (e *SlashError) Error() string {
	return fmt.Sprintf("the server wants a slash at the end of %s, and this %s cannot be sent again: write the path as %s/", e.Path, e.Method, e.Path)
}

// newSlashError prefers the template, because a filled path may hold secrets.
func newSlashError(request *http.Request) *SlashError {
	e := &SlashError{Method: request.Method, Path: request.URL.EscapedPath()}
	if operation := call.StateOf(request).Operation(); operation != nil {
		e.Path = operation.Path()
	}
	return e
}

// RedirectError is a redirect that is not followed: to another server or another path.
// Nothing was sent to its target. Whether the server did what the request asked for before
// it redirected is unknown.
type RedirectError struct {
	Method string
	Status int    // 301, 302, 303, 307 or 308
	To     string // the target's full address without query, user and secrets of the request; "" if it is not a valid address
}

// Error says where the redirect points and what to check.
func (e *RedirectError) Error() string {
	to := e.To
	if to == "" {
		to = "no valid address"
	}
	return fmt.Sprintf("redirects are not followed: the server answered this %s with %d and points to %s; check the client's address and the path", e.Method, e.Status, to)
}

// newRedirectError leaves out the parts of the target that may be secret.
func newRedirectError(sent *http.Request, status int, location string) *RedirectError {
	e := &RedirectError{Method: sent.Method, Status: status}
	if to, err := sent.URL.Parse(location); err == nil {
		to.User, to.RawQuery, to.Fragment, to.RawFragment = nil, "", "", ""
		e.To = call.SecretsOf(sent).Text(to.String())
	}
	return e
}
