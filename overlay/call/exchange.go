package call

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// exchange is what one call knows about itself while it is under way. It is the
// request's context, so that the layers below can ask and report without a type of
// their own.
type exchange struct {
	context.Context //nolint:containedctx // the caller's, for the duration of his call

	operation *api.Operation
	secrets   []string // in the body that is sent
	attempts  atomic.Int32
	bounded   atomic.Bool
	left      atomic.Int32 // sendings still allowed, where they are bounded
	replayed  atomic.Bool
	endpoint  atomic.Pointer[url.URL]
	response  *Response // where WithResponse wants the facts, or nil
	raw       []*[]byte // where WithRawBody wants the answer
}

type exchangeKey struct{}

// Value gives the exchange to whoever has a context that descends from it.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// Format hides for every verb what is sent.
func (x *exchange) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "call.exchange") }

func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.(*exchange); ok { // each layer asks, some more than once
		return x
	}
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
	if u := x.endpoint.Load(); u != nil {
		return u.Scheme + "://" + u.Host
	}
	return fallback
}

// OperationOf tells a transport layer which operation a request's context
// belongs to: its class decides whether it may be sent again, its Auth which
// credentials it takes. It is nil for a request that no Client made. A request
// made with Do has an Operation with ID "" and a class after its method.
func OperationOf(ctx context.Context) *api.Operation {
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

// SetBudget is called by the transport layer that decides about retries, once and
// before it first sends: the call may then be sent n times in all, whichever layer
// sends it again. It does nothing for a request that no Client made.
func SetBudget(ctx context.Context, n int) {
	if x := exchangeOf(ctx); x != nil {
		x.left.Store(int32(min(n, math.MaxInt32))) //nolint:gosec // bounded on the left
		x.bounded.Store(true)
	}
}

// TakeAttempt is called by a transport layer that is about to send a request, for
// the first time or again, and says whether the call's budget has room for it. A
// call without a budget always has: the layer needs a bound of its own.
func TakeAttempt(ctx context.Context) bool {
	x := exchangeOf(ctx)
	return x == nil || !x.bounded.Load() || x.left.Add(-1) >= 0
}

// MarkReplayed is called by a transport layer that sends a request again though the
// server may have acted on an earlier one. A DELETE that then finds nothing has
// done its work: see Response.Replayed.
func MarkReplayed(ctx context.Context) {
	if x := exchangeOf(ctx); x != nil {
		x.replayed.Store(true)
	}
}

// SetEndpoint is called by the one transport layer that sends, immediately before
// each sending, with the address that it sends to, which nobody writes any more:
// Error.Endpoint and Response.Endpoint name scheme and host of the last one. Without
// it they name the client's base address.
func SetEndpoint(ctx context.Context, to *url.URL) {
	if x := exchangeOf(ctx); x != nil {
		x.endpoint.Store(to)
	}
}

// Resender is what the Body of an answer may be besides: one that a transport layer
// watches over. A Client whose reading of a success breaks off asks it for another
// answer before it gives up.
type Resender interface {
	// Resend sends the request of this answer again, whose reading ended with cause.
	// It returns neither an answer nor an error where it must not, and an error where
	// it did and no answer came.
	Resend(cause error) (*http.Response, error)
}
