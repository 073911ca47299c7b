package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// Hooks are functions that see what is sent, for metrics, traces and logs; each may
// be nil. They see no header, no body, no query and no path but the template. They
// run in the goroutine of the call, many at once, and hold it up while they run.
type Hooks struct {
	// BeforeAttempt is called before each sending, with Status, Duration and Class
	// still empty.
	BeforeAttempt func(context.Context, Attempt)
	// AfterAttempt is called when the headers of the answer are there, or none came.
	AfterAttempt func(context.Context, Attempt)
	// BeforeRetry is called when an attempt failed and another is decided on, before
	// the pause.
	BeforeRetry func(context.Context, Retrying)
	// EndpointChanged is called when an endpoint is set aside and when it returns, in
	// whatever goroutine learns that. It is for EndpointsConfig.Changed.
	EndpointChanged func(EndpointChange)
}

// Attempt is one sending of a call.
type Attempt struct {
	Operation string        // the operation's id; "" for Do and for what is no call
	Method    string        // as GET
	Path      string        // the template; for Do the path without its query
	Endpoint  string        // scheme and host, as "https://weka01:14000"
	Number    int           // of this sending within its call, from 1; 0 for what is no call
	Status    int           // of the answer; 0 if none came
	Duration  time.Duration // from the sending to the headers of the answer
	// Class says why no answer came: call.ErrUnavailable, or context.Canceled or
	// context.DeadlineExceeded if the caller's context ended. It is nil where one
	// came: what that means is known only when its body is read.
	Class error
}

// Retrying is the decision to send a call again.
type Retrying struct {
	Operation, Method, Path string        // as in Attempt
	Repetition              int           // which one it will be, from 1
	Status                  int           // of the answer that is not taken; 0 if none came, or not all of it
	Class                   error         // as in Attempt
	Wait                    time.Duration // the pause before the next
}

// JoinHooks calls the hooks of each, in order.
func JoinHooks(all ...Hooks) Hooks {
	var joined Hooks
	for _, h := range all {
		joined.BeforeAttempt = both(joined.BeforeAttempt, h.BeforeAttempt)
		joined.AfterAttempt = both(joined.AfterAttempt, h.AfterAttempt)
		joined.BeforeRetry = both(joined.BeforeRetry, h.BeforeRetry)
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
	return func(ctx context.Context, what T) {
		first(ctx, what)
		second(ctx, what)
	}
}

// watched is one attempt under the eyes of the hooks; without hooks if there are none.
type watched struct {
	hooks *Hooks
	begun time.Time
	Attempt
}

func (a *Attempts) begin(ctx context.Context, number int, request *http.Request) (w watched) {
	if a.Hooks.BeforeAttempt == nil && a.Hooks.AfterAttempt == nil {
		return w
	}
	w.hooks = &a.Hooks
	w.Attempt = Attempt{Method: request.Method, Endpoint: a.origins.of(request.URL), Number: number}
	if operation := call.OperationOf(ctx); operation != nil {
		w.Operation, w.Path = operation.ID(), operation.Path()
	}
	if w.hooks.BeforeAttempt != nil {
		w.hooks.BeforeAttempt(ctx, w.Attempt)
	}
	w.begun = time.Now()
	return w
}

func (w *watched) end(ctx context.Context, answer *http.Response, err error) {
	if w.hooks == nil || w.hooks.AfterAttempt == nil {
		return
	}
	w.Duration = time.Since(w.begun)
	w.Status, w.Class = outcome(ctx, answer, err)
	w.hooks.AfterAttempt(ctx, w.Attempt)
}

// outcome says how an attempt ended, in terms that hold no word of the server or of
// another library.
func outcome(ctx context.Context, answer *http.Response, err error) (status int, class error) {
	ended := ctx.Err()
	switch {
	case err == nil:
		return answer.StatusCode, nil
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
