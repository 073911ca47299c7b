package weka

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

// RetryPolicy says how often and how fast a failed call is sent again; what is 0 has
// its default: see [WithRetryPolicy].
type RetryPolicy = transport.RetryPolicy

// WithRetryPolicy changes how failed calls are sent again. Without it a call is sent
// four times at most, a replay after a 401 included, with random pauses that grow from
// 200 ms to 8 s, 30 s at most in all; RetryPolicy{Attempts: 1} never sends again. A
// pause that would outlast the deadline of the call's context is not begun: the call
// ends at once with the last failure.
//
// What may be sent again is the operation's class. What reads, and PUT and DELETE
// where doing it twice is doing it once, are repeated after a failure of the network
// and after 429, 502, 503 and 504. Everything else is repeated only where the cluster
// certainly did nothing: it could not be reached, answered 429, or refused because of
// too many background tasks. A 500 is an answer. A repeated DELETE that finds nothing
// is a success, and Response.Replayed says so.
//
// A client whose calls all fail soon stops repeating them, and begins again with the
// first successes.
func WithRetryPolicy(policy RetryPolicy) Option {
	return func(s *settings) { s.WithRetryPolicy(policy) }
}

// WithAttemptTimeout changes how long one attempt may show no progress, which is a
// minute otherwise: from its beginning to the headers of the answer, and then between
// two parts of the body. A long answer that keeps coming is not cut. For the call as a
// whole, give its context a deadline.
func WithAttemptTimeout(silence time.Duration) Option {
	return func(s *settings) { s.WithAttemptTimeout(silence) }
}

// tooManyTasks recognizes the cap of background tasks: the cluster answers 400 before
// it does anything.
func tooManyTasks(answer *http.Response) bool {
	if answer.StatusCode != http.StatusBadRequest {
		return false
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	return json.Unmarshal(transport.Peek(answer), &body) == nil &&
		slices.Contains(exceptions(body.Data), tooManyTasksException)
}
