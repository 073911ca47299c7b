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

// State is what is known of one call while it is under way. The Client makes it and reads
// it; options and transport layers reach it with [StateOf] and no other way.
//
//	writes                                      what                 reads
//
//	Client                                  ─▶  operation        ─▶  Client, all layers
//	Client, when it encodes the body        ─▶  secrets          ─▶  SecretsOf: hidden in errors and dumps
//	the layer next to the network           ─▶  proxy            ─▶  SecretsOf
//	Client, after the options               ─▶  own              ─▶  Endpoints (HasOwnCredentials)
//	WithResponse, WithRawBody               ─▶  response, raw    ─▶  Client: filled in
//	WithQuery                               ─▶  invalid          ─▶  Client: not sent
//	Retry (SetBudget)                       ─▶  bounded, left    ─▶  Retry, Auth, Slash (TakeAttempt)
//	Retry (MarkReplayed)                    ─▶  replayed         ─▶  Client: Response, a DELETE, ErrOutcomeUnknown
//	Attempts (MarkUnanswered)               ─▶  unanswered       ─▶  Client: ErrOutcomeUnknown
//	Client, Attempts (BeginAttempt)         ─▶  request          ─▶  Client: Error, Response, SecretsOf
//	Attempts (BeginAttempt)                 ─▶  attempts         ─▶  Client: Error, Response
//
// Layers may call its methods at the same time. The nil State, of a request that no
// Client made, has no operation and no bound, and forgets what it is given.
type State struct {
	operation *api.Operation
	base      string          // the origin of the Client's address
	secrets   func() []string // those in the body, or nil; fmt prints no function
	response  *Response       // of WithResponse, or nil
	raw       []*[]byte       // of WithRawBody
	invalid   error           // of an option
	own       bool            // an option set an Authorization header

	bounded    atomic.Bool
	left       atomic.Int32 // attempts that may still be made, if bounded
	replayed   atomic.Bool
	unanswered atomic.Bool
	attempts   atomic.Int32
	request    atomic.Pointer[http.Request] // of the last attempt
	proxy      atomic.Pointer[func(*http.Request) (*url.URL, error)]
}

// StateOf returns the state of the call that a request belongs to; nil if no Client made
// the request.
func StateOf(r *http.Request) *State {
	ctx := r.Context()
	if own, ok := ctx.(*stateContext); ok { // as it is for most layers
		return &own.state
	}
	state, _ := ctx.Value(stateKey{}).(*State)
	return state
}

// Operation returns the operation: its class says whether it may be sent again, its Auth
// which credentials it takes. It is nil for the nil State. A request of Do has an
// operation with the ID "" and a class after its method.
func (s *State) Operation() *api.Operation {
	if s == nil {
		return nil
	}
	return s.operation
}

// HasOwnCredentials reports whether the caller authenticates the call, in place of the client.
func (s *State) HasOwnCredentials() bool { return s != nil && s.own }

// SetBudget allows n attempts in all, whichever layer makes them. The layer that decides
// about retries calls it, once and before the first attempt.
func (s *State) SetBudget(n int) {
	if s != nil {
		s.left.Store(int32(min(n, math.MaxInt32))) //nolint:gosec // bounded on the left
		s.bounded.Store(true)
	}
}

// TakeAttempt reports whether the budget has room for one more attempt, and takes it. A
// layer calls it before it sends a request for the first time or again. Without a budget
// there is always room, so the layer needs a bound of its own.
func (s *State) TakeAttempt() bool {
	return s == nil || !s.bounded.Load() || s.left.Add(-1) >= 0
}

// MarkReplayed records that a request is sent again though the server may have acted on an
// earlier one: see Response.Replayed.
func (s *State) MarkReplayed() {
	if s != nil {
		s.replayed.Store(true)
	}
}

// MarkUnanswered records that an attempt may have reached the server and got no response:
// see ErrOutcomeUnknown.
func (s *State) MarkUnanswered() {
	if s != nil {
		s.unanswered.Store(true)
	}
}

// isOutcomeUnknown reports whether a call that failed may have taken effect. A login changes
// the session only.
func (s *State) isOutcomeUnknown(response *http.Response) bool {
	if s.operation.Class() == api.ClassSafe || s.operation.Auth() == api.AuthNone {
		return false
	}
	lost := s.unanswered.Load() || s.replayed.Load()
	if response == nil {
		return lost
	}
	switch response.StatusCode {
	case http.StatusBadGateway, http.StatusGatewayTimeout: // a proxy got no response
		return true
	case http.StatusTooManyRequests, http.StatusServiceUnavailable: // not processed, but an earlier attempt may be
		return lost
	}
	return false
}

// BeginAttempt counts an attempt and records what is sent where; URL and header must not be
// modified after this point. It returns the number of attempts so far, 0 for the nil State.
// The one layer that sends calls it, immediately before each attempt.
func (s *State) BeginAttempt(r *http.Request) int {
	if s == nil {
		return 0
	}
	s.request.Store(r)
	return int(s.attempts.Add(1))
}

// endpoint is scheme and host of the last attempt, or of the Client's address.
func (s *State) endpoint() string {
	if u := s.request.Load().URL; s.attempts.Load() > 0 {
		return u.Scheme + "://" + u.Host
	}
	return s.base
}

// sent is the number of attempts. A response is one, even if no layer counts.
func (s *State) sent(response *http.Response) int {
	attempts := int(s.attempts.Load())
	if response != nil {
		return max(1, attempts)
	}
	return attempts
}

// report fills in what WithResponse asked for; response is nil if none came.
func (s *State) report(response *http.Response) {
	if s.response == nil {
		return
	}
	*s.response = Response{Endpoint: s.endpoint(), Attempts: s.sent(response), Replayed: s.replayed.Load()}
	if response != nil {
		s.response.Status = response.StatusCode
		s.response.Header = s.hidden().Header(response.Header)
		s.response.RequestID = s.response.Header.Get(requestIDHeader)
	}
}

// reportBody fills in what WithRawBody asked for.
func (s *State) reportBody(body []byte) {
	for _, raw := range s.raw {
		*raw = append([]byte(nil), body...)
		if s.response != nil {
			s.response.Body = *raw
		}
	}
}

// reportUnfit fills in what WithResponse asked for of members that did not fit.
func (s *State) reportUnfit(unfit []Unfit, count int) {
	if s.response != nil {
		s.response.Unfit, s.response.UnfitCount = unfit, count
	}
}

// stateContext is the context of a request, with the state in the same allocation.
type stateContext struct {
	context.Context //nolint:containedctx // the caller's, for the time of the call
	state           State
}

type stateKey struct{}

// Value returns the state to contexts that descend from this one.
func (c *stateContext) Value(key any) any {
	if key == (stateKey{}) {
		return &c.state
	}
	return c.Context.Value(key)
}

// Format prints no field: the body's secrets are among them.
func (c *stateContext) Format(f fmt.State, verb rune) { c.state.Format(f, verb) }

// Format prints no field, whatever the verb.
func (s *State) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "call.State") }

// attach returns the request with its state, which it lost if an option replaced its
// context by one that does not descend from it.
func (s *State) attach(r *http.Request) *http.Request {
	if StateOf(r) != s {
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, s))
	}
	s.request.Store(r)
	return r
}
