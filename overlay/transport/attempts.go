package transport

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// DefaultAttemptTimeout is how long an attempt may show no progress: a minute. Some
// operations of a WEKA cluster answer only once they are done.
const DefaultAttemptTimeout = time.Minute

// Attempts is one sending. It counts it and notes where it goes, for the error or
// the call metadata that the caller gets to see; it calls the hooks; it bounds it;
// and it finds out whether a failed one can have reached the server.
//
// The bound is on silence, not on the whole: Timeout may pass from the beginning to
// the headers of the answer, dialling included, and after that between two parts of
// its body. So a long list over a slow line is not cut, and a server that falls
// silent half-way is.
type Attempts struct {
	Next    http.RoundTripper
	Timeout time.Duration // 0 is DefaultAttemptTimeout; negative is none
	Hooks   Hooks

	origins  origins
	silences silences
}

// RoundTrip implements http.RoundTripper.
func (a *Attempts) RoundTrip(request *http.Request) (*http.Response, error) {
	outer := request.Context()
	number := call.CountAttempt(outer)
	call.SetEndpoint(outer, request.URL)
	seen := a.begin(outer, number, request)

	t := &attempt{outer: outer, inner: outer}
	a.limit(t)
	answer, err := a.Next.RoundTrip(request.WithContext(httptrace.WithClientTrace(t.inner, t.watch())))
	switch {
	case err != nil:
		err = t.failure(err)
		t.end()
	case answer.Body == nil:
		t.end()
	default:
		t.proceed()
		t.body, answer.Body = answer.Body, t
	}
	seen.end(outer, answer, err)
	return answer, err
}

// attempt watches over one sending, and over the body of its answer until that is
// closed.
type attempt struct {
	outer, inner context.Context    //nolint:containedctx // the caller's and its own; it lives no longer than they
	cancel       context.CancelFunc // of inner; nil without a bound
	body         io.ReadCloser

	silence  time.Duration
	silences *silences // nil without a bound
	progress progress
	place    int // in silences, which guards it

	trace          httptrace.ClientTrace
	asked, reached atomic.Bool // for a connection, one
}

// watch learns from net/http how far the sending got. No byte of a request is
// written before there is a connection, which TLS has accepted. net/http asks for a
// second one only where it wrote nothing to the first, which had gone stale, or for
// a GET: so it is the last one that counts.
func (t *attempt) watch() *httptrace.ClientTrace {
	t.trace.GetConn = func(string) {
		t.asked.Store(true)
		t.reached.Store(false)
	}
	t.trace.GotConn = func(httptrace.GotConnInfo) { t.reached.Store(true) }
	return &t.trace
}

// limit does nothing where the caller's deadline comes first anyway.
func (a *Attempts) limit(t *attempt) {
	silence := cmp.Or(a.Timeout, DefaultAttemptTimeout)
	if deadline, ok := t.outer.Deadline(); silence < 0 || ok && time.Until(deadline) <= silence {
		return
	}
	t.inner, t.cancel = context.WithCancel(t.outer)
	t.silence, t.silences = silence, &a.silences
	t.silences.watch(t)
}

func (t *attempt) proceed() {
	if t.silences != nil {
		t.progress.note()
	}
}

func (t *attempt) end() {
	if t.silences != nil {
		t.silences.forget(t)
		t.cancel()
	}
}

// explain names the silence that ended the sending. Beneath it says no more than that
// a context was cancelled, which the caller's was not.
func (t *attempt) explain(err error) error {
	if t.inner.Err() != nil && t.outer.Err() == nil {
		return &silenceError{t.silence}
	}
	return err
}

// failure says what kind of end this is. A transport that does not tell how far it
// got (it is not net/http's) is believed when it says that it could not dial.
func (t *attempt) failure(err error) *attemptError {
	asked, reached := t.asked.Load(), t.reached.Load()
	var operation *net.OpError
	dialling := errors.As(err, &operation) && operation.Op == "dial"
	err = t.explain(err)
	return &attemptError{
		err:     err,
		network: t.outer.Err() == nil && !isPermanent(err) && (asked || isNetworkError(err)),
		notSent: !reached && (asked || dialling),
	}
}

// Read reads from the answer's body.
func (t *attempt) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	switch {
	case err == nil:
		t.proceed()
	case !errors.Is(err, io.EOF):
		err = t.explain(err)
	}
	return n, err
}

// Close ends the attempt first, which wakes a Read that waits.
func (t *attempt) Close() error {
	t.end()
	return t.body.Close()
}
