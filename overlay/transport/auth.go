package transport

import (
	"context"
	"io"
	"net/http"

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
// Basic or nothing (facts: LDAP imports, login, refresh).
//
// A 401 means that the token is no longer good: it is given up, and the request is
// sent once more with another one. That is safe for every method, because the
// server refused before it acted; it happens only where the body can be sent
// again. A second 401 is the answer. A 403 is about permission and goes to the
// caller, since a login on 403 deepens a lockout.
type Auth struct {
	Next   http.RoundTripper
	Tokens Tokens
	// Origins are the only places that a token goes to, as "https://weka01:14000".
	// A request for anywhere else is refused.
	Origins []string
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
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	a.Tokens.Invalidate(used)
	again, ok := rewind(request)
	if !ok {
		return answer, nil
	}
	discard(answer)
	_, answer, err = a.send(again)
	return answer, err
}

func (a *Auth) send(request *http.Request) (*token.Token, *http.Response, error) {
	used, err := a.Tokens.Token(request.Context())
	if err != nil {
		closeBody(request)
		return nil, nil, err
	}
	authenticated := request.Clone(request.Context())
	authenticated.Header.Set("Authorization", used.Authorization())
	answer, err := a.Next.RoundTrip(authenticated)
	return used, answer, err
}

// takesToken leaves alone even an empty Authorization header: the caller said so.
func takesToken(request *http.Request) bool {
	if _, own := request.Header["Authorization"]; own {
		return false
	}
	operation := call.OperationOf(request.Context())
	return operation == nil || operation.Auth == call.AuthBearer
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

// maxDiscarded is how much of an unwanted answer is read so that its connection
// can be used again.
const maxDiscarded = 64 << 10

func discard(answer *http.Response) {
	_, _ = io.CopyN(io.Discard, answer.Body, maxDiscarded)
	_ = answer.Body.Close()
}

// closeBody keeps the promise of http.RoundTripper to close the body of a request
// that is not sent.
func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}
