package transport

import (
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Attempts counts each sending of a call and notes where it went, for the error or
// the call metadata that the caller gets to see.
type Attempts struct {
	Next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (a *Attempts) RoundTrip(request *http.Request) (*http.Response, error) {
	call.CountAttempt(request.Context())
	call.SetEndpoint(request.Context(), request.URL.Scheme+"://"+request.URL.Host)
	return a.Next.RoundTrip(request)
}
