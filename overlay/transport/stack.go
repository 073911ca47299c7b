package transport

import "net/http"

// Layers is what a front door puts together.
type Layers struct {
	Base    http.RoundTripper // the wire; nil is http.DefaultTransport
	Tokens  Tokens            // nil sends no tokens
	Origins []string          // where tokens may go, as "https://weka01:14000"
}

// Stack puts the layers into the order that the package documentation explains.
func Stack(layers Layers) http.RoundTripper {
	base := layers.Base
	if base == nil {
		base = http.DefaultTransport
	}
	var stack http.RoundTripper = &Attempts{Next: base}
	if layers.Tokens != nil {
		stack = &Auth{Next: stack, Tokens: layers.Tokens, Origins: layers.Origins}
	}
	return stack
}
