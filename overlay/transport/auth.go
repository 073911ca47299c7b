package transport

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Tokens is the source of access tokens for [Auth]; *token.Source is one.
type Tokens interface {
	// Token returns a token that is valid as far as is known. It waits for a login or a
	// refresh only if there is none.
	Token(context.Context) (*token.Token, error)
	// Invalidate reports that the server rejected this token.
	Invalidate(*token.Token)
}

// Auth adds the access token of one identity to requests. Requests that have an
// Authorization header, and operations that take HTTP Basic or no credentials, such as a
// login, pass unchanged.
//
// After a 401, which Endpoints has verified at another endpoint if there is one, it
// invalidates the token and sends the request once more with another one.
// That is safe for every method, because the server refused before it acted. It needs a
// body that can be read again and room in the call's budget of attempts. A second 401 is
// the response, with one exception: if the second token was adopted from another process,
// it may have died with the first one, so it is invalidated too and the request is sent a
// last time. A 403 is a matter of permission and goes to the caller, since logins because
// of 403 prolong a lockout; Invalid says otherwise where an API answers a dead token so.
type Auth struct {
	Next   http.RoundTripper
	Tokens Tokens
	// Invalid reports whether a response rejects the token rather than the request. It may
	// use [Peek]. nil is every 401 and nothing else.
	Invalid func(*http.Response) bool
	// Origins are the only places where tokens may go, as "https://weka01:14000". A
	// request for any other place is refused.
	Origins []string
	Hooks   Hooks
	header  atomic.Pointer[authHeader]
}

// authHeader is the Authorization header of a token, made once for all its requests.
type authHeader struct {
	of     *token.Token
	values []string
}

func (a *Auth) headerOf(t *token.Token) []string {
	last := a.header.Load()
	if last == nil || last.of != t {
		last = &authHeader{t, []string{t.Authorization()}}
		a.header.Store(last)
	}
	return last.values
}

// maxReplays is one for the token that was rejected, and one for its successor if that was
// adopted.
const maxReplays = 2

// RoundTrip implements http.RoundTripper.
func (a *Auth) RoundTrip(request *http.Request) (*http.Response, error) {
	if !needsToken(request) {
		return a.Next.RoundTrip(request)
	}
	if err := checkOrigin(request, a.Origins); err != nil {
		closeBody(request)
		return nil, err
	}
	used, response, err := a.send(request)
	for replays := 0; err == nil && replays < maxReplays && a.rejectsToken(response); replays++ {
		if replays > 0 && !used.Adopted {
			break // the server has just issued it: another one would be rejected too
		}
		a.Tokens.Invalidate(used)
		again, ok := replay(request)
		if !ok {
			break
		}
		a.Hooks.retry(request, Retrying{Reason: RetryToken, Repetition: replays + 1}, response, nil)
		discard(response)
		used, response, err = a.send(again)
	}
	return response, err
}

// needsToken is false even for an empty Authorization header, which the caller has set.
func needsToken(request *http.Request) bool {
	if _, own := request.Header["Authorization"]; own {
		return false
	}
	operation := call.StateOf(request).Operation()
	return operation == nil || operation.Auth() == api.AuthBearer || operation.Auth() == api.AuthJWT
}

func (a *Auth) rejectsToken(response *http.Response) bool {
	if a.Invalid != nil {
		return a.Invalid(response)
	}
	return response.StatusCode == http.StatusUnauthorized
}

// replay returns the request to send again, and false if it cannot or must not be.
func replay(request *http.Request) (*http.Request, bool) {
	again, ok := rewind(request)
	if !ok {
		return nil, false
	}
	if !call.StateOf(request).TakeAttempt() {
		closeBody(again)
		return nil, false
	}
	return again, true
}

func (a *Auth) send(request *http.Request) (*token.Token, *http.Response, error) {
	used, err := a.Tokens.Token(request.Context())
	if err != nil {
		closeBody(request)
		return nil, nil, err
	}
	authenticated := request.WithContext(request.Context())
	authenticated.Header = maps.Clone(request.Header) // shallow: the values are never written
	authenticated.Header["Authorization"] = a.headerOf(used)
	response, err := a.Next.RoundTrip(authenticated)
	return used, response, err
}

// checkOrigin refuses to send a token anywhere but to the configured origins. It checks
// more than the URL: a proxy for plain HTTP goes by the Host header, and an opaque URL
// names its own target.
func checkOrigin(request *http.Request, origins []string) error {
	if request.URL.Opaque != "" {
		return fmt.Errorf("%w: a token may not go to an opaque URL", call.ErrInvalidArgument)
	}
	for _, host := range []string{request.URL.Host, cmp.Or(request.Host, request.URL.Host)} {
		if !slices.ContainsFunc(origins, func(origin string) bool { return isOrigin(origin, request.URL.Scheme, host) }) {
			return fmt.Errorf("%w: a token may not go to %s://%s, which is not an address of the client", call.ErrInvalidArgument, request.URL.Scheme, host)
		}
	}
	return nil
}

// isOrigin compares the parts without joining them, which would allocate for every request.
func isOrigin(origin, scheme, host string) bool {
	return len(origin) == len(scheme)+len("://")+len(host) &&
		strings.HasPrefix(origin, scheme) && strings.HasPrefix(origin[len(scheme):], "://") && strings.HasSuffix(origin, host)
}
