package transport

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Layers configures a [Stack]. The zero value retries and does nothing else.
type Layers struct {
	Base           http.RoundTripper // sends to the network; nil is http.DefaultTransport
	Endpoints      *Endpoints        // nil sends to the address of the request
	Connections    *Connections      // nil does not bound connections
	AttemptTimeout time.Duration     // see Attempts.Timeout
	Slash          SlashRule         // how paths given to Do end
	Tokens         Tokens            // nil sends no tokens
	Origins        []string          // where tokens may go, as "https://weka01:14000"
	// Invalid reports whether a response rejects the token: see Auth.Invalid.
	Invalid func(*http.Response) bool
	Retries RetryPolicy
	// NotStarted reports whether an error response says that the server did not begin
	// and may do so later: then even an operation that must not be executed twice is sent
	// again. It is asked about responses other than 2xx and may use Peek. nil is never.
	NotStarted func(*http.Response) bool
	ReadOnly   bool // see the layer ReadOnly
	Hooks      Hooks
	Dump       func(next http.RoundTripper) http.RoundTripper // as Dump.Over; nil dumps nothing
}

// Stack puts the layers into the order that the package documentation explains.
func Stack(layers Layers) http.RoundTripper {
	base := layers.Base
	if base == nil {
		base = http.DefaultTransport
	}
	attempts := &Attempts{Next: base, Timeout: layers.AttemptTimeout, Hooks: layers.Hooks}
	if closer, ok := base.(interface{ CloseIdleConnections() }); ok {
		attempts.CloseIdle = closer.CloseIdleConnections
	}
	if layers.Dump != nil {
		attempts.Next = layers.Dump(base)
	}
	var stack http.RoundTripper = attempts
	if layers.Connections != nil {
		stack = layers.Connections.Over(stack)
	}
	if layers.Endpoints != nil {
		stack = &endpointLayer{layers.Endpoints, stack, layers.Hooks}
	}
	stack = &Slash{Next: stack, Rule: layers.Slash}
	if layers.Tokens != nil {
		stack = &Auth{Next: stack, Tokens: layers.Tokens, Origins: layers.Origins, Invalid: layers.Invalid, Hooks: layers.Hooks}
	}
	stack = &Retry{Next: stack, Policy: layers.Retries, NotStarted: layers.NotStarted, Endpoints: layers.Endpoints, Hooks: layers.Hooks}
	if layers.ReadOnly {
		stack = &ReadOnly{Next: stack}
	}
	return stack
}

var errClosed = fmt.Errorf("the client is closed: make a new one (%w)", token.ErrClosed)

// Gate ends a client: after Close it sends nothing, with a token or without.
type Gate struct {
	Next   http.RoundTripper
	closed atomic.Bool
}

// Close makes all later requests fail with [token.ErrClosed]. Requests under way go on.
func (g *Gate) Close() { g.closed.Store(true) }

// RoundTrip implements http.RoundTripper.
func (g *Gate) RoundTrip(request *http.Request) (*http.Response, error) {
	if g.closed.Load() {
		closeBody(request)
		return nil, errClosed
	}
	return g.Next.RoundTrip(request)
}

// ReadOnly refuses operations other than [api.ClassSafe] with [call.ErrReadOnly], before
// anything is sent and before a token is requested. Operations that take no credentials,
// such as a login, pass: they change only the session. Of requests that no [call.Client]
// made, GET and HEAD pass.
type ReadOnly struct {
	Next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r *ReadOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	if mayChange(request) {
		closeBody(request)
		return nil, call.ErrReadOnly
	}
	return r.Next.RoundTrip(request)
}

func mayChange(request *http.Request) bool {
	if operation := call.StateOf(request).Operation(); operation != nil {
		return operation.Class() != api.ClassSafe && operation.Auth() != api.AuthNone
	}
	return request.Method != http.MethodGet && request.Method != http.MethodHead
}
