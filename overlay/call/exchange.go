package call

import (
	"context"
	"net/http"
	"sync/atomic"
)

// exchange is what one call knows about itself while it is under way. It
// travels in the request's context, so that the layers below can ask and report
// without a type of their own.
type exchange struct {
	operation *Operation
	body      any // what is sent, or nil
	attempts  atomic.Int32
	endpoint  atomic.Pointer[string]
	response  *Response // where WithResponse wants the facts, or nil
	raw       *[]byte   // where WithRawBody wants the answer, or nil
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// attach gives the request the exchange back if an option replaced its context
// by one that does not descend from it.
func (x *exchange) attach(r *http.Request) *http.Request {
	if exchangeOf(r.Context()) == x {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
}

// sent is the number of attempts made. Where an answer came, there was one, even if
// no layer of the transport counts.
func (x *exchange) sent(answer *http.Response) int {
	attempts := int(x.attempts.Load())
	if answer != nil {
		return max(1, attempts)
	}
	return attempts
}

func (x *exchange) at(fallback string) string {
	if e := x.endpoint.Load(); e != nil {
		return *e
	}
	return fallback
}

// OperationOf tells a transport layer which operation a request's context
// belongs to: its class decides whether it may be sent again, its Auth which
// credentials it takes. It is nil for a request that no Client made. A request
// made with Do has an Operation with ID "" and a class after its method.
func OperationOf(ctx context.Context) *Operation {
	if x := exchangeOf(ctx); x != nil {
		return x.operation
	}
	return nil
}

// CountAttempt is called by the one transport layer that sends, immediately
// before each sending, and returns how many that makes. Error.Attempts and
// Response.Attempts are read from this counter. It returns 0 for a request that
// no Client made.
func CountAttempt(ctx context.Context) int {
	if x := exchangeOf(ctx); x != nil {
		return int(x.attempts.Add(1))
	}
	return 0
}

// SetEndpoint is called by the transport layer that chooses an endpoint, with
// its scheme and host as "https://weka01:14000", each time that it chooses:
// Error.Endpoint and Response.Endpoint name the last one. Without it they name
// the client's base address.
func SetEndpoint(ctx context.Context, endpoint string) {
	if x := exchangeOf(ctx); x != nil {
		x.endpoint.Store(&endpoint)
	}
}
