package transport

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// Hooks are functions that are called with what is sent, for metrics, traces and logs; each
// may be nil. They see no header, no body, no query and no path but the template. They run
// in the goroutine of the call, which waits for them, and concurrently for several calls.
type Hooks struct {
	// BeforeAttempt is called before each attempt, with Status, Duration and Class unset.
	BeforeAttempt func(context.Context, Attempt)
	// AfterAttempt is called when the response's headers have arrived, or the attempt failed.
	AfterAttempt func(context.Context, Attempt)
	// BeforeRetry is called before a request is sent again: after a failure, before the
	// pause; at another endpoint; or with another token.
	BeforeRetry func(context.Context, Retrying)
	// EndpointChanged is called when an endpoint is set aside and when it returns, in any
	// goroutine. It is meant for EndpointsConfig.Changed.
	EndpointChanged func(EndpointChange)
	// UnfitMembers is called when members of a response do not fit their Go types, after
	// the call decoded it. The layers of this package do not call it: see Hooks.ReportUnfit.
	UnfitMembers func(context.Context, UnfitMembers)
}

// Attempt is one attempt of a call.
type Attempt struct {
	Operation string        // the operation's id; "" for Do and for a request that is not a call
	Method    string        // as GET
	Path      string        // the template; for Do the path without its query
	Endpoint  string        // scheme and host, as "https://weka01:14000"
	Number    int           // of this attempt within its call, from 1; 0 if it is not a call
	Status    int           // of the response; 0 without one
	Duration  time.Duration // until the response's headers or the failure
	// Class says why there is no response: call.ErrUnavailable, or context.Canceled or
	// context.DeadlineExceeded if the caller's context ended. It is nil with a response,
	// whose meaning is known only once its body is read.
	Class error
}

// Retrying is the decision to send a call again.
type Retrying struct {
	Operation, Method, Path string        // as in Attempt
	Reason                  string        // RetryFailure, RetryFailover or RetryToken
	Repetition              int           // the number of the repetition for this reason, from 1
	Status                  int           // of the response that is discarded; 0 without one, or if it broke off
	Class                   error         // as in Attempt
	Wait                    time.Duration // the pause before the repetition
}

// The values of Retrying.Reason.
const (
	RetryFailure  = "failure"  // the attempt failed, and another may not
	RetryFailover = "failover" // at another endpoint: this one was not reached, or rejects the credentials
	RetryToken    = "token"    // with another token: this one was rejected
)

// retry calls BeforeRetry for a request that ended with a response or an error.
func (h Hooks) retry(request *http.Request, r Retrying, response *http.Response, err error) {
	if h.BeforeRetry == nil {
		return
	}
	if operation := call.StateOf(request).Operation(); operation != nil {
		r.Operation, r.Path = operation.ID(), operation.Path()
	}
	r.Method = request.Method
	r.Status, r.Class = outcome(request.Context(), response, err)
	h.BeforeRetry(request.Context(), r)
}

// UnfitMembers are the members of a response that do not fit their Go types.
type UnfitMembers struct {
	Operation, Method, Path string       // as in Attempt
	Members                 []call.Unfit // the first 1000; they must not be modified
	Count                   int          // of all
}

// ReportUnfit returns the function for call.Config.Unfit that calls the hook, nil without
// one.
func (h Hooks) ReportUnfit() func(context.Context, *api.Operation, []call.Unfit, int) {
	if h.UnfitMembers == nil {
		return nil
	}
	return func(ctx context.Context, op *api.Operation, members []call.Unfit, count int) {
		h.UnfitMembers(ctx, UnfitMembers{op.ID(), op.Method(), op.Path(), members, count})
	}
}

// JoinHooks returns hooks that call those of each argument, in order.
func JoinHooks(all ...Hooks) Hooks {
	var joined Hooks
	for _, h := range all {
		joined.BeforeAttempt = both(joined.BeforeAttempt, h.BeforeAttempt)
		joined.AfterAttempt = both(joined.AfterAttempt, h.AfterAttempt)
		joined.BeforeRetry = both(joined.BeforeRetry, h.BeforeRetry)
		joined.UnfitMembers = both(joined.UnfitMembers, h.UnfitMembers)
		if first, second := joined.EndpointChanged, h.EndpointChanged; first == nil {
			joined.EndpointChanged = second
		} else if second != nil {
			joined.EndpointChanged = func(change EndpointChange) { first(change); second(change) }
		}
	}
	return joined
}

func both[T any](first, second func(context.Context, T)) func(context.Context, T) {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return func(ctx context.Context, event T) {
		first(ctx, event)
		second(ctx, event)
	}
}

// observedAttempt is an attempt that is reported to hooks; they are nil if there are none.
type observedAttempt struct {
	hooks *Hooks
	begun time.Time
	Attempt
}

func (a *Attempts) begin(ctx context.Context, number int, request *http.Request) (o observedAttempt) {
	if a.Hooks.BeforeAttempt == nil && a.Hooks.AfterAttempt == nil {
		return o
	}
	o.hooks = &a.Hooks
	o.Attempt = Attempt{Method: request.Method, Endpoint: a.origins.of(request.URL), Number: number}
	if operation := call.StateOf(request).Operation(); operation != nil {
		o.Operation, o.Path = operation.ID(), operation.Path()
	}
	if o.hooks.BeforeAttempt != nil {
		o.hooks.BeforeAttempt(ctx, o.Attempt)
	}
	o.begun = time.Now()
	return o
}

func (o *observedAttempt) end(ctx context.Context, response *http.Response, err error) {
	if o.hooks == nil || o.hooks.AfterAttempt == nil {
		return
	}
	o.Duration = time.Since(o.begun)
	o.Status, o.Class = outcome(ctx, response, err)
	o.hooks.AfterAttempt(ctx, o.Attempt)
}

// outcome returns how an attempt ended, without any text of the server or of a library.
func outcome(ctx context.Context, response *http.Response, err error) (status int, class error) {
	ended := ctx.Err()
	switch {
	case err == nil:
		return response.StatusCode, nil
	case errors.Is(ended, context.DeadlineExceeded):
		return 0, context.DeadlineExceeded
	case ended != nil:
		return 0, context.Canceled
	case errors.Is(err, call.ErrUnavailable):
		return 0, call.ErrUnavailable
	default:
		return 0, nil
	}
}

// origins keeps the text of each origin, which hooks get with every attempt.
type origins struct{ known atomic.Pointer[[]string] }

// maxOrigins bounds the memory of a client whose caller sends to many addresses.
const maxOrigins = 64

func (o *origins) of(address *url.URL) string {
	var known []string
	if kept := o.known.Load(); kept != nil {
		known = *kept
	}
	for _, origin := range known {
		if isOrigin(origin, address.Scheme, address.Host) {
			return origin
		}
	}
	origin := address.Scheme + "://" + address.Host
	if len(known) < maxOrigins {
		more := append(slices.Clone(known), origin)
		o.known.Store(&more)
	}
	return origin
}
