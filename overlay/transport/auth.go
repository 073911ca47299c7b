package transport

import (
	"context"
	"maps"
	"net/http"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Tokens is where Auth takes access tokens from; *token.Source is one.
type Tokens interface {
	// Token gives a token that is good as far as anybody knows. It waits for a login
	// or a refresh only when there is none.
	Token(context.Context) (*token.Token, error)
	// Invalidate says that the server refused this very token.
	Invalidate(*token.Token)
}

// Auth authenticates requests with the tokens of one identity. It leaves alone
// what brings its own Authorization header, and the operations that take HTTP
// Basic or nothing, such as a login.
//
// A 401 means that the token is no longer good: it is given up, and the request is
// sent once more with another one. That is safe for every method, because the
// server refused before it acted; it happens only where the body can be sent
// again, and the call's budget has room. A second 401 is the answer, but for one
// case: the other token was adopted from another process, and may have died with the
// first. Then it is given up too, and the request sent one last time. A 403 is about
// permission and goes to the caller, since a login on 403 deepens a lockout; Invalid
// says otherwise where an API answers a dead token so.
type Auth struct {
	Next   http.RoundTripper
	Tokens Tokens
	// Invalid tells an answer that refuses the token from one that refuses the
	// request. It may look at the body with [Peek]. nil takes every 401 for the former,
	// and nothing else.
	Invalid func(*http.Response) bool
	// Origins are the only places that a token goes to, as "https://weka01:14000".
	// A request for anywhere else is refused.
	Origins []string
	header  atomic.Pointer[header]
}

// header is what a token looks like on a request: made once for all that carry it.
type header struct {
	of     *token.Token
	values []string
}

func (a *Auth) headerOf(used *token.Token) []string {
	last := a.header.Load()
	if last == nil || last.of != used {
		last = &header{used, []string{used.Authorization()}}
		a.header.Store(last)
	}
	return last.values
}

// RoundTrip implements http.RoundTripper.
func (a *Auth) RoundTrip(request *http.Request) (*http.Response, error) {
	if !takesToken(request) {
		return a.Next.RoundTrip(request)
	}
	if err := checkOrigin(request, a.Origins); err != nil {
		closeBody(request)
		return nil, err
	}
	used, answer, err := a.send(request)
	for replays := 0; err == nil && replays < mostReplays && a.refusesToken(answer); replays++ {
		if replays > 0 && !used.Adopted {
			break // fresh from the server: another would fare no better
		}
		a.Tokens.Invalidate(used)
		again, ok := replay(request)
		if !ok {
			break
		}
		discard(answer)
		used, answer, err = a.send(again)
	}
	return answer, err
}

// mostReplays is one for the token that was refused, and one for its successor if
// that was adopted.
const mostReplays = 2

func (a *Auth) refusesToken(answer *http.Response) bool {
	if a.Invalid != nil {
		return a.Invalid(answer)
	}
	return answer.StatusCode == http.StatusUnauthorized
}

// replay gives the request to send again, if it can be and may be.
func replay(request *http.Request) (*http.Request, bool) {
	again, ok := rewind(request)
	if !ok {
		return nil, false
	}
	if !takeAttempt(request.Context()) {
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
	authenticated.Header = maps.Clone(request.Header) // its values are shared, and never written
	authenticated.Header["Authorization"] = a.headerOf(used)
	answer, err := a.Next.RoundTrip(authenticated)
	return used, answer, err
}

// takesToken leaves alone even an empty Authorization header: the caller said so.
func takesToken(request *http.Request) bool {
	if _, own := request.Header["Authorization"]; own {
		return false
	}
	operation := call.OperationOf(request.Context())
	return operation == nil || operation.Auth() == api.AuthBearer || operation.Auth() == api.AuthJWT
}

// rewind gives the request with its body at the beginning, if there is a way.
func rewind(request *http.Request) (*http.Request, bool) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, false
	}
	again := request.Clone(request.Context())
	again.Body = body
	return again, true
}

// closeBody keeps the promise of http.RoundTripper to close the body of a request
// that is not sent.
func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}
