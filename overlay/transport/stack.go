package transport

import (
	"net/http"
	"time"
)

// Layers is what a front door puts together. The zero value is a stack that retries,
// and does nothing else.
type Layers struct {
	Base           http.RoundTripper // the wire; nil is http.DefaultTransport
	Endpoints      *Endpoints        // nil sends to where the request says
	Connections    *Connections      // nil bounds nothing
	AttemptTimeout time.Duration     // see Attempts
	Slash          SlashRule         // how the paths of the escape hatch end
	Tokens         Tokens            // nil sends no tokens
	Origins        []string          // where tokens may go, as "https://weka01:14000"
	// Invalid recognizes an answer that refuses the token: see Auth. nil takes every 401.
	Invalid func(*http.Response) bool
	Retries RetryPolicy
	// NotStarted recognizes an error answer by which a server says that it did not
	// begin, and may later: so even what must not be done twice is sent again. It is
	// asked about answers that are no success, and may Peek. nil recognizes none.
	NotStarted func(*http.Response) bool
	ReadOnly   bool // see ReadOnly
	Hooks      Hooks
	Dump       func(next http.RoundTripper) http.RoundTripper // as [Dump.Over]; nil: nothing is dumped
}

// Stack puts the layers into the order that the package documentation explains.
func Stack(layers Layers) http.RoundTripper {
	base := layers.Base
	if base == nil {
		base = http.DefaultTransport
	}
	if layers.Dump != nil {
		base = layers.Dump(base)
	}
	var stack http.RoundTripper = &Attempts{Next: base, Timeout: layers.AttemptTimeout, Hooks: layers.Hooks}
	if layers.Connections != nil {
		stack = layers.Connections.Over(stack)
	}
	if layers.Endpoints != nil {
		stack = layers.Endpoints.Over(stack)
	}
	stack = &Slash{Next: stack, Rule: layers.Slash}
	if layers.Tokens != nil {
		stack = &Auth{Next: stack, Tokens: layers.Tokens, Origins: layers.Origins, Invalid: layers.Invalid}
	}
	stack = &Retry{Next: stack, Policy: layers.Retries, NotStarted: layers.NotStarted, Hooks: layers.Hooks}
	if layers.ReadOnly {
		stack = &ReadOnly{Next: stack}
	}
	return stack
}
