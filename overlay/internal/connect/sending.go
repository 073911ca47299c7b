package connect

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// sending is what the shared options say of how calls are sent, and of who watches. It
// holds what an option made, not what that is made of: a program without the option is
// then linked without the code, such as log/slog.
type sending struct {
	policy         transport.RetryPolicy
	attemptTimeout time.Duration
	readOnly       bool
	hooks          transport.Hooks
	logged         *logged                                   // nil: there is no logger
	dump           func(http.RoundTripper) http.RoundTripper // nil: nothing is dumped
}

// logged is what writes to a logger.
type logged struct {
	calls   transport.Hooks
	session func(token.Event)
}

// WithRetryPolicy changes how failed calls are sent again.
func (s *Settings) WithRetryPolicy(policy transport.RetryPolicy) {
	s.Give("WithRetryPolicy")
	if policy.Attempts < 0 || policy.FirstPause < 0 || policy.LongestPause < 0 || policy.Patience < 0 {
		s.Refuse("WithRetryPolicy: a number is negative: leave out what is to have its default")
	}
	s.policy = policy
}

// WithAttemptTimeout changes how long one attempt may show no progress.
func (s *Settings) WithAttemptTimeout(silence time.Duration) {
	s.Give("WithAttemptTimeout")
	if silence <= 0 {
		s.Refuse("WithAttemptTimeout: give a time above 0")
	}
	s.attemptTimeout = silence
}

// WithReadOnly refuses what may change something.
func (s *Settings) WithReadOnly() {
	s.Give("WithReadOnly")
	s.readOnly = true
}

// WithHooks has functions called that see what is sent.
func (s *Settings) WithHooks(hooks transport.Hooks) {
	s.Give("WithHooks")
	s.hooks = hooks
}

// WithLogger writes to a logger what happens.
func (s *Settings) WithLogger(logger *slog.Logger) {
	s.Give("WithLogger")
	if logger == nil {
		s.Refuse("WithLogger is given nil: leave it out, or give a logger")
	}
	s.logged = &logged{transport.Log(logger), transport.LogSession(logger)}
}

// WithDump writes what is sent and comes back, without its secrets.
func (s *Settings) WithDump(to io.Writer) {
	s.Give("WithDump")
	if to == nil {
		s.Refuse("WithDump is given nil: leave it out, or give a writer")
	}
	s.dump = transport.NewDump(to).Over
}

// Hooks are those given and that of the logger.
func (s *Settings) Hooks() transport.Hooks {
	if s.logged == nil {
		return s.hooks
	}
	return transport.JoinHooks(s.hooks, s.logged.calls)
}

// Layers is what the stacks of calls and of logins have in common, over the wire.
func (s *Settings) Layers(wire *Wire) transport.Layers {
	return transport.Layers{
		Base:           wire,
		AttemptTimeout: s.attemptTimeout,
		Retries:        s.policy,
		Hooks:          s.Hooks(),
		Dump:           s.dump,
	}
}

// CallLayers adds to the layers of a login those of calls: tokens, which go to the origins
// alone, and a bound on connections, for which a login must not wait.
func (s *Settings) CallLayers(login transport.Layers, wire *Wire, tokens transport.Tokens, origins []string) transport.Layers {
	login.Tokens, login.Origins, login.ReadOnly, login.Connections = tokens, origins, s.readOnly, wire.connections
	return login
}
