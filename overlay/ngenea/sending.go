package ngenea

import (
	"io"
	"log/slog"
	"time"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

// RetryPolicy says how often and how fast a failed call is sent again; what is 0 has
// its default: see [WithRetryPolicy].
type RetryPolicy = transport.RetryPolicy

// WithRetryPolicy changes how failed calls are sent again. Without it a call is sent
// four times at most, a replay after an expired token included, with random pauses that
// grow from 200 ms to 8 s, 30 s at most in all; RetryPolicy{Attempts: 1} never sends
// again. A pause that would outlast the deadline of the call's context is not begun:
// the call ends at once with the last failure.
//
// What may be sent again is the operation's class. What reads, and what changes nothing
// more when it is done twice, is repeated after a failure of the network and after 429,
// 502, 503 and 504. Everything else, a submitted workflow above all, is repeated only
// where the Hub certainly did nothing: it could not be reached, or answered 429. A 500
// is an answer. A repeated DELETE that finds nothing is a success, and
// Response.Replayed says so.
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

// WithReadOnly makes a client that changes nothing: every operation that is not of
// class safe, and every Do that is no GET or HEAD, is refused with [ErrReadOnly]
// before anything is sent. Logging in and refreshing go on. It guards against mistakes;
// a group without the right to write guards against more.
func WithReadOnly() Option { return func(s *settings) { s.WithReadOnly() } }

// Hooks are functions that see what is sent: see [WithHooks].
type Hooks = transport.Hooks

// Attempt is what hooks see of one sending.
type Attempt = transport.Attempt

// Retrying is what hooks see of the decision to send a call again.
type Retrying = transport.Retrying

// WithHooks has functions called before and after each attempt and before each retry;
// logins and refreshes are attempts too. They are for metrics and traces: they see the
// operation, the template of the path, the address, numbers, the status, the duration
// and the class of a failure; never a header, a body or a query.
func WithHooks(hooks Hooks) Option { return func(s *settings) { s.WithHooks(hooks) } }

// WithLogger writes to a logger what happens: each attempt at debug, retries at info,
// and what becomes of the session. The messages are "attempt", "retry" and "session";
// see overlay/transport, Log and LogSession, for their attributes. Nothing else gets
// into the log, no header, body or query in particular.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.WithLogger(logger) } }

// WithDump writes to a Writer what is sent and what comes back, attempt by attempt and
// logins too, to look for a fault. The values of queries, all but a few headers and what
// stands in JSON under the name of a secret are left out, and bodies end after 64 KiB; a
// body that is no JSON is not shown. Everything else is: names of users, paths and files,
// what the Hub says. It costs time and memory, and is no log: see [WithLogger].
func WithDump(to io.Writer) Option { return func(s *settings) { s.WithDump(to) } }
