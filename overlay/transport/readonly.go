package transport

import (
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// ReadOnly refuses what is not of [api.ClassSafe] with [call.ErrReadOnly], before
// anything is sent and before a token is asked for. Calls that take no credentials,
// as a login, are let through: they change nothing but the session. Of what no
// call.Client made, GET and HEAD pass.
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
	if operation := call.OperationOf(request.Context()); operation != nil {
		return operation.Class() != api.ClassSafe && operation.Auth() != api.AuthNone
	}
	return request.Method != http.MethodGet && request.Method != http.MethodHead
}
