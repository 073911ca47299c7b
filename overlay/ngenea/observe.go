package ngenea

import (
	"io"
	"log/slog"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

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
