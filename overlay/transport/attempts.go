package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

// DefaultAttemptTimeout is how long an attempt may make no progress: a minute, because some
// operations of a WEKA cluster respond only when they are done.
const DefaultAttemptTimeout = time.Minute

// Attempts sends one attempt. It counts the attempt and records its endpoint for the
// caller's error and response metadata, calls the hooks, applies the idle timeout, and
// finds out, and records, whether a failed attempt can have reached the server.
//
// What net/http sends again by itself counts as another attempt of the call. It does so over
// HTTP/2 when the server closes the connection without processing the request, as often as
// that happens; here the call's budget ends it.
//
// Timeout bounds the time without progress, not the whole attempt: from the start to the
// response's headers, dialing included, and then between two reads of its body. A long list
// over a slow line is not cut off; a server that stops halfway is.
type Attempts struct {
	Next    http.RoundTripper
	Timeout time.Duration // 0 is DefaultAttemptTimeout; negative is none
	Hooks   Hooks
	// CloseIdle, if set, is called when a connection fell silent: other idle connections
	// to the server may be as dead.
	CloseIdle func()

	origins origins
	idle    idleTimer
}

// RoundTrip implements http.RoundTripper.
func (a *Attempts) RoundTrip(request *http.Request) (*http.Response, error) {
	outer := request.Context()
	number := call.StateOf(request).BeginAttempt(request)
	observed := a.begin(outer, number, request)

	t := &attempt{outer: outer, state: call.StateOf(request), request: request, closeIdle: a.CloseIdle}
	t.inner, t.cancel = context.WithCancelCause(outer)
	a.limit(t)
	sent := request.WithContext(httptrace.WithClientTrace(t.inner, t.clientTrace()))
	sent.Header = withoutReplayHeaders(request.Header)
	response, err := a.Next.RoundTrip(sent)
	if err == nil && response.StatusCode == http.StatusSwitchingProtocols {
		// Its body is the raw connection, whose reads neither context nor timeout ends.
		if response.Body != nil {
			_ = response.Body.Close()
		}
		response, err = nil, errSwitchedProtocols
	}
	switch {
	case err != nil:
		failed := t.failure(err)
		if t.end(); !failed.notSent && (failed.network || outer.Err() != nil) {
			t.state.MarkUnanswered()
		}
		err = failed
	case response.Body == nil:
		t.end()
	default:
		t.noteProgress()
		t.body, response.Body = response.Body, t
	}
	observed.end(outer, response, err)
	return response, err
}

var errSwitchedProtocols = errors.New("the server answered 101 Switching Protocols")

// replayHeaders make net/http send a POST again when a connection breaks.
var replayHeaders = []string{"Idempotency-Key", "X-Idempotency-Key"}

// withoutReplayHeaders returns the headers in a spelling that net/http does not recognize:
// whether a request is sent again is decided here. Servers ignore the case of a name.
func withoutReplayHeaders(header http.Header) http.Header {
	cloned := false
	for _, name := range replayHeaders {
		values, found := header[name]
		if !found {
			continue
		}
		if !cloned {
			header, cloned = maps.Clone(header), true
		}
		delete(header, name)
		header[strings.ToLower(name)] = values
	}
	return header
}

// attempt is one attempt, and the body of its response until that is closed.
type attempt struct {
	outer, inner context.Context         //nolint:containedctx // the caller's and the attempt's own; it does not outlive them
	cancel       context.CancelCauseFunc // of inner
	body         io.ReadCloser
	state        *call.State
	request      *http.Request // of the call
	closeIdle    func()

	timeout  time.Duration
	timer    *idleTimer   // nil without an idle timeout
	progress atomic.Int64 // when it last made progress, by now
	place    int          // in timer.active, guarded by timer.mu

	trace            httptrace.ClientTrace
	asked, connected atomic.Bool  // by net/http: for a connection, and whether it has one
	connectedAt      atomic.Int64 // when it got the last one, by now
	streams          atomic.Int32 // HTTP/2 connections that it got
}

// silence is how long an attempt waits on a connection that it leaves because of silence, and
// not because the server has closed it.
const silence = time.Second

// clientTrace records how far net/http gets. It writes no byte of a request before it has
// a connection whose TLS handshake succeeded. It asks for a second connection only if it
// wrote nothing to the first, which was stale, or if the request is a GET: so the last one
// counts.
func (t *attempt) clientTrace() *httptrace.ClientTrace {
	t.trace.GetConn = func(string) {
		// A GET would try one silent connection after the other. HTTP/2 has no idle ones to
		// try, and calls this with a lock held that CloseIdle needs.
		if t.connected.Load() && t.streams.Load() == 0 && now()-time.Duration(t.connectedAt.Load()) > silence {
			t.closeConnections()
		}
		t.asked.Store(true)
		t.connected.Store(false)
	}
	t.trace.GotConn = func(info httptrace.GotConnInfo) {
		t.connectedAt.Store(int64(now()))
		t.connected.Store(true)
		if connection, ok := info.Conn.(*tls.Conn); ok && connection.ConnectionState().NegotiatedProtocol == "h2" {
			t.countStream()
		}
	}
	return &t.trace
}

// maxStreams bounds what net/http sends by itself for a request without a budget.
const maxStreams = 3

// countStream counts what net/http sends again over HTTP/2, and ends the attempt if the
// budget has no room for it.
func (t *attempt) countStream() {
	n := t.streams.Add(1)
	if n == 1 {
		return // counted already
	}
	if !t.state.TakeAttempt() || t.state == nil && n > maxStreams {
		t.cancel(errRefusedStreams)
		return
	}
	t.state.BeginAttempt(t.request)
}

// errRefusedStreams is certainly not executed: net/http sends again only requests that the
// server has declared as not processed.
var errRefusedStreams = errors.New("the server closes its HTTP/2 connections without processing requests")

// limit starts the idle timeout, unless the caller's deadline comes first anyway.
func (a *Attempts) limit(t *attempt) {
	timeout := cmp.Or(a.Timeout, DefaultAttemptTimeout)
	if deadline, ok := t.outer.Deadline(); timeout < 0 || ok && time.Until(deadline) <= timeout {
		return
	}
	t.timeout, t.timer = timeout, &a.idle
	t.timer.add(t)
}

func (t *attempt) noteProgress() {
	if t.timer != nil {
		t.progress.Store(int64(now()))
	}
}

func (t *attempt) end() {
	if t.timer != nil {
		t.timer.remove(t)
	}
	t.cancel(nil)
}

// explain replaces the cancellation of the attempt's own context by its cause.
func (t *attempt) explain(err error) error {
	if t.inner.Err() == nil || t.outer.Err() != nil {
		return err
	}
	cause := context.Cause(t.inner)
	if errors.Is(cause, context.Canceled) {
		return err // the response was closed
	}
	return cause
}

// leaveSilent closes idle connections after an error of a connection that fell silent: the
// attempt's own timeout, or that of the system.
func (t *attempt) leaveSilent(err error) {
	var timeout interface{ Timeout() bool }
	if t.outer.Err() == nil && errors.As(err, &timeout) && timeout.Timeout() {
		t.closeConnections()
	}
}

func (t *attempt) closeConnections() {
	if t.closeIdle != nil {
		t.closeIdle()
	}
}

// shown returns an error without the secrets of the request: libraries show its address,
// and other calls get the error as the reason why an endpoint is set aside.
func (t *attempt) shown(err error) error {
	return call.SecretsOf(t.request).Error(err)
}

// Read reads from the response's body.
func (t *attempt) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	switch {
	case err == nil:
		t.noteProgress()
	case !errors.Is(err, io.EOF):
		err = t.explain(err)
		t.leaveSilent(err)
		err = t.shown(failure.Explain(err))
	}
	return n, err
}

// Close ends the attempt first, which wakes a Read that waits.
func (t *attempt) Close() error {
	t.end()
	return t.body.Close()
}

// attemptError is an attempt without a response. By its type the layers outside know a
// network failure from an error of another layer, which is final.
type attemptError struct {
	err     error
	network bool // another attempt or another endpoint may succeed
	notSent bool // the server certainly has not seen the request
}

func (e *attemptError) Error() string { return e.err.Error() }
func (e *attemptError) Unwrap() error { return e.err }

// Is makes every network failure a call.ErrUnavailable.
func (e *attemptError) Is(target error) bool { return e.network && target == call.ErrUnavailable }

// failure classifies the error of the attempt. A transport other than net/http's does not
// call the trace; it is believed when it says that it could not dial.
func (t *attempt) failure(err error) *attemptError {
	asked, connected := t.asked.Load(), t.connected.Load()
	var operation *net.OpError
	dialing := errors.As(err, &operation) && operation.Op == "dial"
	err = t.explain(err)
	if connected {
		t.leaveSilent(err)
	}
	err = failure.Explain(err)
	return &attemptError{
		err:     t.shown(err),
		network: t.outer.Err() == nil && !failure.IsPermanent(err) && (asked || failure.IsNetwork(err) || errors.Is(err, errSwitchedProtocols)),
		notSent: !connected && (asked || dialing) || errors.Is(err, errRefusedStreams),
	}
}

// failureOf returns what the error of an inner layer means for another attempt. Neither is
// true for an error that is not an attempt's, nor for that of a login that the call needed,
// since the login has been through a stack of its own.
func failureOf(err error) (network, notSent bool) {
	var login *call.Error
	var failed *attemptError
	if errors.As(err, &login) || !errors.As(err, &failed) {
		return false, false
	}
	return failed.network, failed.notSent
}

// idleTimeoutError is the end of an attempt that made no progress. It is not the end of the
// caller's context.
type idleTimeoutError struct{ timeout time.Duration }

func (e *idleTimeoutError) Error() string {
	return fmt.Sprintf("nothing came from the server for %v", e.timeout)
}

// Timeout implements net.Error.
func (e *idleTimeoutError) Timeout() bool { return true }

// Temporary implements net.Error.
func (e *idleTimeoutError) Temporary() bool { return true }

// idleTimer cancels attempts that make no progress for their timeout, which is the same for
// all. One timer serves all of them: a timer for each attempt, reset with each read of its
// response, costs more than all other layers together. It runs while there are attempts.
type idleTimer struct {
	mu     sync.Mutex
	active []*attempt // in no order
	set    bool
}

var programStart = time.Now()

// now is time.Now without the wall clock, at half its cost.
func now() time.Duration { return time.Since(programStart) }

func (i *idleTimer) add(t *attempt) {
	t.progress.Store(int64(now()))
	i.mu.Lock()
	defer i.mu.Unlock()
	t.place = len(i.active)
	i.active = append(i.active, t)
	if !i.set {
		i.set = true
		time.AfterFunc(t.timeout, i.expire)
	}
}

// remove may be called more than once.
func (i *idleTimer) remove(t *attempt) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drop(t)
}

// drop is called with the lock held. The last attempt takes the place of the dropped one.
func (i *idleTimer) drop(t *attempt) {
	if t.place < 0 {
		return
	}
	end := len(i.active) - 1
	last := i.active[end]
	i.active[t.place], last.place = last, t.place
	i.active[end] = nil
	i.active, t.place = i.active[:end], -1
}

// expire cancels the attempts whose time is over and sets the timer to the next one's end.
func (i *idleTimer) expire() {
	i.mu.Lock()
	defer i.mu.Unlock()
	now, next := now(), time.Duration(math.MaxInt64)
	for _, t := range slices.Backward(i.active) {
		left := t.timeout - (now - time.Duration(t.progress.Load()))
		if left <= 0 {
			t.cancel(&idleTimeoutError{t.timeout})
			i.drop(t)
			continue
		}
		next = min(next, left)
	}
	if i.set = len(i.active) > 0; i.set {
		time.AfterFunc(next, i.expire)
	}
}
