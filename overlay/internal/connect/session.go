package connect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
	"github.com/hotcold-go/hotcold/overlay/internal/version"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// NewTokens makes the lifecycle of a client's tokens: of a token or a function, if an
// option passed one, otherwise of the authority. identity names the session in a store.
func (p *Product) NewTokens(s *Settings, identity token.Identity, authority func() token.Authority) (*token.Source, error) {
	var options []token.Option
	if hook := s.onSession(); hook != nil {
		options = append(options, token.WithHook(hook))
	}
	if s.Store != nil {
		options = append(options, token.WithStore(s.Store, identity))
	}
	switch {
	case s.setBy("", &s.accessToken) != "":
		tokens, err := token.NewStaticSource(token.Token{Access: s.accessToken}, options...)
		if err != nil {
			return nil, p.Invalid("WithAccessToken: %w", err)
		}
		return tokens, nil
	case s.tokenFunc != nil:
		return token.NewSource(s.tokenFunc, options...), nil
	default:
		return token.NewSource(authority(), options...), nil
	}
}

// onSession returns what observes the session, nil if nothing does.
func (s *Settings) onSession() func(token.Event) {
	switch {
	case s.logging == nil:
		return s.sessionHook
	case s.sessionHook == nil:
		return s.logging.session
	}
	hook, log := s.sessionHook, s.logging.session
	return func(event token.Event) { hook(event); log(event) }
}

// Hooks returns the caller's hooks and the logger's as one.
func (s *Settings) Hooks() transport.Hooks {
	if s.logging == nil {
		return s.hooks
	}
	return transport.JoinHooks(s.hooks, s.logging.calls)
}

// NewCaller makes what sends the operations of the product through a stack. detail may be
// nil: see call.Config.
func (p *Product) NewCaller(
	s *Settings, wire *Wire, stack http.RoundTripper, detail func(context.Context, *api.Operation, *call.Error) error,
) *call.Client {
	return call.New(call.Config{
		Base:            wire.Addresses[0],
		Transport:       stack,
		Classify:        p.Classify,
		Detail:          detail,
		UserAgent:       version.UserAgent,
		StrictResponses: s.strict,
		Unfit:           s.Hooks().ReportUnfit(),
	})
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

// CallLayers adds to the layers of a login those of calls: tokens, which are sent to the
// addresses of the wire only, and a bound on connections, for which a login must not wait.
func (s *Settings) CallLayers(login transport.Layers, wire *Wire, tokens transport.Tokens) transport.Layers {
	login.Tokens, login.Origins, login.ReadOnly, login.Connections = tokens, wire.Origins(), s.readOnly, wire.connections
	return login
}

// Rejection is the error of a login or a refresh that the server rejected.
type Rejection struct {
	Verdict  error // an error of package token, which says what to do
	Response *call.Error
}

// Error returns the verdict and the server's words.
func (r *Rejection) Error() string {
	return fmt.Sprintf("%v (%s %s: %d %s)", r.Verdict, r.Response.Method, r.Response.Path, r.Response.Status, r.Response.Message)
}

// Unwrap returns the verdict and the response.
func (r *Rejection) Unwrap() []error { return []error{r.Verdict, r.Response} }

// BadCredentials is the verdict on a password that the server rejected. It names a line
// break at the end, which may have come from a file. That is not removed, since it can
// belong to the password.
func BadCredentials(password string) error {
	if TrimNewline(password) != password {
		return fmt.Errorf("%w (the password ends with a line break: remove it)", token.ErrBadCredentials)
	}
	return token.ErrBadCredentials
}

// Throttled returns a [token.ThrottledError] if err is that of a login or a refresh whose
// response says in Retry-After when to try again, otherwise err.
func Throttled(err error, header http.Header) error {
	var failed *call.Error
	wait := failure.RetryAfter(header)
	if wait == 0 || !errors.As(err, &failed) || failed.Status != http.StatusTooManyRequests && failed.Status != http.StatusServiceUnavailable {
		return err
	}
	return &token.ThrottledError{Until: time.Now().Add(min(wait, token.LongestBlock)), Err: err}
}

// Rejected reports whether the error of a login or a refresh means that the server
// rejected what was sent, and returns its response. body is the response's own: if it is
// not JSON, a proxy sent it, which knows neither passwords nor tokens. A 400 counts:
// sending the same again does not help.
func Rejected(err error, body []byte) (*call.Error, bool) {
	var failed *call.Error
	if !errors.As(err, &failed) {
		return nil, false
	}
	switch failed.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity:
		return failed, len(bytes.TrimSpace(body)) == 0 || json.Valid(body)
	default:
		return failed, false
	}
}
