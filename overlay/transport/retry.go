package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// Retry sends a call again after a failure that another try can mend. What it may do
// is the operation's class:
//
//	whatever the class     no connection, so certainly not sent; 429; Layers.NotStarted
//	safe and idempotent    reset or silence; 502, 503, 504; a success that breaks off
//	never                  anything else, such as 401 and 500
//
// A 401 is Auth's affair. A 500 is an answer: WEKA says with it that a directory has
// no quota, and a proxy in front would say 502. A certificate that is not trusted will
// not be at the next try either. An error of another layer, such as that there is no
// token, is final, but for one: the login that the call needed broke off. Its own Retry
// may not send it again, since it is one to be done once; the source of tokens may,
// after its pause, and the call was not sent.
//
// The caller's context has the last word. Once it has ended nothing is sent, and a
// pause that would outlast its deadline is not begun: the call ends at once with the
// last failure, which tells more than that time ran out.
//
// What no call.Client made passes through, since nobody knows its class.
type Retry struct {
	Next       http.RoundTripper
	Policy     RetryPolicy
	NotStarted func(*http.Response) bool // see Layers
	Hooks      Hooks
	bucket     bucket
}

// RoundTrip implements http.RoundTripper.
func (r *Retry) RoundTrip(request *http.Request) (*http.Response, error) {
	operation := call.OperationOf(request.Context())
	if operation == nil {
		return r.Next.RoundTrip(request)
	}
	s := &retrying{retry: r, policy: r.Policy.Filled(), operation: operation, request: request}
	call.SetBudget(request.Context(), s.policy.Attempts)
	takeAttempt(request.Context())
	return s.until(r.Next.RoundTrip(request))
}

// retrying is one call on its way, and the body of its answer: see Resend.
type retrying struct {
	retry       *Retry
	policy      RetryPolicy
	operation   *api.Operation
	request     *http.Request
	repetitions int
	owed        int // to the bucket
	paused      time.Duration
	io.ReadCloser
}

// until sends again until an answer or an error is final.
func (s *retrying) until(answer *http.Response, err error) (*http.Response, error) {
	for {
		v := s.judge(answer, err)
		if v == final {
			s.giveBack(answer)
			return s.done(answer, err)
		}
		next, pause := s.prepare(answer)
		if next == nil {
			return s.done(answer, err)
		}
		if err := s.pause(pause, v, answer, err); err != nil {
			return nil, err
		}
		answer, err = s.retry.Next.RoundTrip(next)
	}
}

// done gives the final answer a body that can ask for another one.
func (s *retrying) done(answer *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	if isSuccess(answer) && s.repeatable() && answer.Body != nil {
		s.ReadCloser, answer.Body = answer.Body, s
	}
	return answer, nil
}

// giveBack tells the bucket of an answer by which the server works: one that finds
// nothing, or refuses, is as good as a success.
func (s *retrying) giveBack(answer *http.Response) {
	if answer != nil && answer.StatusCode < http.StatusInternalServerError {
		s.retry.bucket.answered(s.owed)
		s.owed = 0
	}
}

// Resend implements call.Resender: the answer broke off.
func (s *retrying) Resend(cause error) (*http.Response, error) {
	next, pause := s.prepare(nil)
	if next == nil {
		return nil, nil
	}
	if err := s.pause(pause, acted, nil, &attemptError{err: cause, network: true}); err != nil {
		return nil, err
	}
	return s.until(s.retry.Next.RoundTrip(next))
}

// verdict is what an attempt means for the next.
type verdict int

const (
	final   verdict = iota
	unacted         // again: the server certainly did nothing
	acted           // again: it may have
)

func (s *retrying) judge(answer *http.Response, err error) verdict {
	if err != nil {
		switch network, notSent := failureOf(err); {
		case brokeOffLogin(err):
			return unacted
		case !network:
			return final
		case notSent:
			return unacted
		}
		return s.ifRepeatable()
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests:
		return unacted
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return s.ifRepeatable()
	}
	if notStarted := s.retry.NotStarted; notStarted != nil && !isSuccess(answer) && notStarted(answer) {
		return unacted
	}
	return final
}

func (s *retrying) ifRepeatable() verdict {
	if s.repeatable() {
		return acted
	}
	return final
}

func (s *retrying) repeatable() bool {
	return s.operation.Class() == api.ClassSafe || s.operation.Class() == api.ClassIdempotent
}

// prepare gives the request for another attempt and the pause before it, or nil if
// there is no other: the caller gave up, or the body, the time, the bucket or the
// budget is used up.
func (s *retrying) prepare(answer *http.Response) (*http.Request, time.Duration) {
	ctx := s.request.Context()
	if ctx.Err() != nil {
		return nil, 0
	}
	pause := s.policy.pause(s.repetitions+1, answer)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return nil, 0
	}
	if pause > s.policy.Patience-s.paused {
		return nil, 0
	}
	next, ok := rewind(s.request)
	if !ok || !takeAttempt(ctx) || !s.retry.bucket.take() {
		return nil, 0
	}
	s.repetitions++
	s.owed++
	s.paused += pause
	return next, pause
}

// pause tells the hooks, gets rid of the answer, and waits. Its error is the end of
// the caller's context.
func (s *retrying) pause(d time.Duration, v verdict, answer *http.Response, err error) error {
	ctx := s.request.Context()
	s.report(ctx, d, answer, err)
	if v == acted {
		call.MarkReplayed(ctx)
	}
	discard(answer)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		if err == nil {
			err = errors.New(answer.Status)
		}
		return fmt.Errorf("%w in the pause after attempt %d: %w", ctx.Err(), s.repetitions, err)
	}
}

func (s *retrying) report(ctx context.Context, d time.Duration, answer *http.Response, err error) {
	if s.retry.Hooks.BeforeRetry == nil {
		return
	}
	status, class := outcome(ctx, answer, err)
	s.retry.Hooks.BeforeRetry(ctx, Retrying{
		Operation: s.operation.ID(), Method: s.operation.Method(), Path: s.operation.Path(),
		Repetition: s.repetitions, Status: status, Class: class, Wait: d,
	})
}
