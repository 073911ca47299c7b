package transport

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

// RetryPolicy says how often and how fast a failed call is sent again. The zero value has
// the defaults below.
type RetryPolicy struct {
	// Attempts is how often a call is sent in all, including the first time and what other
	// layers repeat after a 401 or a redirect. 0 is DefaultAttempts, 1 never sends again.
	Attempts int
	// FirstPause and LongestPause bound the pauses: the pause before the n-th repetition is
	// a random time between half and all of FirstPause·2ⁿ⁻¹, and never above LongestPause. A
	// longer Retry-After of the server is kept. 0 is DefaultFirstPause and
	// DefaultLongestPause.
	FirstPause, LongestPause time.Duration
	// Patience bounds the sum of the pauses of a call. A pause that would exceed it, or the
	// caller's deadline, is not begun: the call ends at once with the last response or
	// error. 0 is DefaultPatience.
	Patience time.Duration
}

// The values of a zero RetryPolicy.
const (
	DefaultAttempts     = 4
	DefaultFirstPause   = 200 * time.Millisecond
	DefaultLongestPause = 8 * time.Second
	DefaultPatience     = 30 * time.Second
)

func (p RetryPolicy) withDefaults() RetryPolicy {
	return RetryPolicy{
		Attempts:     cmp.Or(p.Attempts, DefaultAttempts),
		FirstPause:   cmp.Or(p.FirstPause, DefaultFirstPause),
		LongestPause: cmp.Or(p.LongestPause, DefaultLongestPause),
		Patience:     cmp.Or(p.Patience, DefaultPatience),
	}
}

// pause returns how long to wait before the n-th repetition, counted from 1. Half of it is
// random: otherwise the clients that an outage hit would come back together. The other half
// lets the four attempts of every call outlast an outage of 0.7 s.
func (p RetryPolicy) pause(n int, response *http.Response) time.Duration {
	bound := p.LongestPause
	if p.FirstPause < bound>>(n-1) { // the shift to the left cannot overflow then
		bound = p.FirstPause << (n - 1)
	}
	pause := bound/2 + rand.N(bound-bound/2+1) //nolint:gosec // it spreads load
	if response != nil {
		pause = max(pause, failure.RetryAfter(response.Header))
	}
	return pause
}

// Retry sends a call again after a failure that another attempt can cure. The operation's
// class decides which:
//
//	every class            no connection, so certainly not sent; 429; Layers.NotStarted
//	safe and idempotent    connection lost or idle timeout; 502, 503, 504; a 2xx that breaks off
//	never                  anything else, such as 401 and 500
//
// Auth handles 401. A 500 is a response: WEKA answers it if a directory has no quota, and a
// proxy in front would answer 502. An untrusted certificate is final. So is an error of
// another layer, such as a missing token, with one exception: a login that broke off. Its
// own Retry must not send it again, because it is an operation of class once; the token
// source may, after its pause, and the call itself was not sent.
//
// After the end of the caller's context nothing is sent. A pause that would outlast the
// deadline is not begun: the call ends at once with the last failure, which says more than
// that the time is over.
//
// Requests that no [call.Client] made pass, since their class is unknown.
type Retry struct {
	Next       http.RoundTripper
	Policy     RetryPolicy
	NotStarted func(*http.Response) bool // see Layers
	Endpoints  *Endpoints                // that Next sends to; nil if there is one address
	Hooks      Hooks
	budget     retryBudget
}

// RoundTrip implements http.RoundTripper.
func (r *Retry) RoundTrip(request *http.Request) (*http.Response, error) {
	state := call.StateOf(request)
	if state == nil {
		return r.Next.RoundTrip(request)
	}
	c := &retriedCall{retry: r, policy: r.Policy.withDefaults(), operation: state.Operation(), request: request}
	state.SetBudget(c.policy.Attempts)
	state.TakeAttempt()
	r.budget.begin()
	defer r.budget.end()
	return c.complete(r.Next.RoundTrip(request))
}

// retriedCall is one call, and the body of its response, which can ask for another one: see
// Resend.
type retriedCall struct {
	retry       *Retry
	policy      RetryPolicy
	operation   *api.Operation
	request     *http.Request
	repetitions int
	spent       int // repetitions taken from the retry budget and not returned yet
	paused      time.Duration
	io.ReadCloser
}

// complete sends again until a response or an error is final.
func (c *retriedCall) complete(response *http.Response, err error) (*http.Response, error) {
	for {
		verdict := c.judge(response, err)
		if verdict == final {
			c.refund(response)
			return c.deliver(response, err)
		}
		next, pause := c.prepare(response, c.isFree(response, err))
		if next == nil {
			return c.deliver(response, err)
		}
		if err := c.pause(pause, verdict, response, err); err != nil {
			return nil, err
		}
		response, err = c.retry.Next.RoundTrip(next)
	}
}

// deliver gives the body of a 2xx the means to ask for another response.
func (c *retriedCall) deliver(response *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	if failure.IsSuccess(response) && c.repeatable() && response.Body != nil {
		c.ReadCloser, response.Body = response.Body, c
	}
	return response, nil
}

// refund returns to the budget what the call took, if the server works: a 404 or a refusal
// shows that as well as a 2xx.
func (c *retriedCall) refund(response *http.Response) {
	if response != nil && response.StatusCode < http.StatusInternalServerError {
		c.retry.budget.refund(c.spent)
		c.spent = 0
	}
}

// Resend implements call.Resender: the response broke off.
func (c *retriedCall) Resend(cause error) (*http.Response, error) {
	failed := &attemptError{err: cause, network: true}
	c.retry.budget.begin()
	defer c.retry.budget.end()
	next, pause := c.prepare(nil, c.isFree(nil, failed))
	if next == nil {
		return nil, nil
	}
	if err := c.pause(pause, mayHaveActed, nil, failed); err != nil {
		return nil, err
	}
	return c.complete(c.retry.Next.RoundTrip(next))
}

// verdict is what the outcome of an attempt means for another one.
type verdict int

const (
	final        verdict = iota
	notActed             // send again: the server certainly did nothing
	mayHaveActed         // send again
)

func (c *retriedCall) judge(response *http.Response, err error) verdict {
	if err != nil {
		switch network, notSent := failureOf(err); {
		case isBrokenLogin(err):
			return notActed
		case !network:
			return final
		case notSent:
			return notActed
		}
		return c.ifRepeatable()
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests:
		return notActed
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return c.ifRepeatable()
	}
	if notStarted := c.retry.NotStarted; notStarted != nil && !failure.IsSuccess(response) && notStarted(response) {
		return notActed
	}
	return final
}

func (c *retriedCall) ifRepeatable() verdict {
	if c.repeatable() {
		return mayHaveActed
	}
	return final
}

func (c *retriedCall) repeatable() bool {
	return c.operation.Class() == api.ClassSafe || c.operation.Class() == api.ClassIdempotent
}

// isBrokenLogin reports whether err is a login that was sent once and broke off. A login
// that could not be sent has been tried as often as its own Retry allows.
func isBrokenLogin(err error) bool {
	var login *call.Error
	if !errors.As(err, &login) || !errors.Is(login, call.ErrUnavailable) {
		return false
	}
	var failed *attemptError
	return !errors.As(login, &failed) || failed.network && !failed.notSent
}

// isFree reports whether a repetition does not take from the retry budget: the server has
// asked for it with a 429, or it goes to a healthy endpoint in place of one that failed.
func (c *retriedCall) isFree(response *http.Response, err error) bool {
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		return true
	}
	network, _ := failureOf(err)
	failed := network || err == nil && isGatewayError(response.StatusCode)
	return failed && c.retry.Endpoints != nil && c.retry.Endpoints.hasHealthy()
}

// prepare returns the request for another attempt and the pause before it. It returns nil
// if there must not be one: the caller gave up, or the body cannot be read again, or the
// time, the call's attempts or the retry budget are used up. Attempts and budget are taken
// last, since they are not given back.
func (c *retriedCall) prepare(response *http.Response, free bool) (*http.Request, time.Duration) {
	ctx := c.request.Context()
	if ctx.Err() != nil {
		return nil, 0
	}
	pause := c.policy.pause(c.repetitions+1, response)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return nil, 0
	}
	if pause > c.policy.Patience-c.paused {
		return nil, 0
	}
	next, ok := rewind(c.request)
	if !ok || !call.StateOf(c.request).TakeAttempt() || !free && !c.retry.budget.take(c.policy.Attempts) {
		return nil, 0
	}
	c.repetitions++
	if !free {
		c.spent++
	}
	c.paused += pause
	return next, pause
}

// pause calls the hooks, discards the response and waits. Its error is the end of the
// caller's context.
func (c *retriedCall) pause(d time.Duration, v verdict, response *http.Response, err error) error {
	ctx := c.request.Context()
	c.retry.Hooks.retry(c.request, Retrying{Reason: RetryFailure, Repetition: c.repetitions, Wait: d}, response, err)
	if v == mayHaveActed {
		call.StateOf(c.request).MarkReplayed()
	}
	discard(response)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		if err == nil {
			err = statusError(response.StatusCode)
		}
		return fmt.Errorf("%w in the pause after attempt %d: %w", ctx.Err(), c.repetitions, err)
	}
}

// retryBudget keeps retries from making an outage worse: clients that send each call four
// times put four times the load on a server that is coming back. Each repetition takes one
// from the budget. A response of a working server returns what its call took and a tenth
// more. So single failures, even many, are always repeated, while a client whose calls all
// fail soon sends each of them once.
//
// The budget covers every attempt of the calls under way, so that none of a burst of calls
// fails because of the others.
type retryBudget struct {
	mu       sync.Mutex
	taken    int // in tenths
	underWay int // calls
}

const (
	oneRetry       = 10             // tenths
	minRetryBudget = 100 * oneRetry // repetitions that may be under way or lost
	responseRefund = 1              // a tenth
	maxAttempts    = 1000           // of a call that count
)

func (b *retryBudget) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay++
}

func (b *retryBudget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.underWay--
}

// take reports whether a call may be sent once more. attempts is the most for one call.
func (b *retryBudget) take(attempts int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken+oneRetry > max(minRetryBudget, b.underWay*min(attempts, maxAttempts)*oneRetry) {
		return false
	}
	b.taken += oneRetry
	return true
}

// refund counts a response of a working server, to which so many repetitions led.
func (b *retryBudget) refund(repetitions int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken = max(0, b.taken-repetitions*oneRetry-responseRefund)
}
