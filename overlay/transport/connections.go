package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// slowAfter is how long a request counts towards the bound of its host.
const slowAfter = 100 * time.Millisecond

// Connections bounds the HTTP/1.1 connections that requests to one host share: a request
// for which none is free waits for one. Without a bound a burst of requests opens one
// connection each, of which an [http.Transport] keeps only as many as may be idle: most
// requests then pay for a TLS handshake. Set its MaxIdleConnsPerHost to the same number.
//
// Requests are served in the order of their arrival. The wait ends with the request's
// context. It is not part of an attempt: the layer lies above [Attempts], so that a wait
// is not mistaken for a server that does not respond.
//
// A request that takes longer than 100 ms no longer counts, so that long polls and large
// downloads hold up other requests by at most that time: then more connections are opened.
// A host that speaks HTTP/2 is not bounded, since its requests share a connection.
type Connections struct {
	bound int

	mu    sync.Mutex
	hosts map[string]*hostConnections
}

// hostConnections are the requests to one host. Connections.mu guards it.
type hostConnections struct {
	http2   bool          // by the last response
	active  []*connection // that count towards the bound, in no order
	waiting []*connection // in the order of arrival
	timed   bool          // the timer of advance runs
}

// connection is a request that has a connection or waits for one, and then the body of
// its response.
type connection struct {
	io.ReadCloser
	of      *Connections
	host    *hostConnections
	begun   time.Duration // when it became active, by now
	place   int           // in host.active; -1 if it does not count
	granted chan struct{} // closed when it becomes active; nil if it did not wait
}

// NewConnections returns a bound of n connections to each host.
func NewConnections(n int) *Connections {
	return &Connections{bound: n, hosts: map[string]*hostConnections{}}
}

// Over returns the layer that sends through next. All stacks that send through one
// http.Transport should share one Connections.
func (c *Connections) Over(next http.RoundTripper) http.RoundTripper {
	return &connectionLayer{c, next}
}

type connectionLayer struct {
	*Connections
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l *connectionLayer) RoundTrip(request *http.Request) (*http.Response, error) {
	used, err := l.acquire(request.Context(), request.URL.Host)
	if err != nil {
		closeBody(request)
		return nil, err
	}
	response, err := l.next.RoundTrip(request)
	if err != nil {
		l.release(used)
		return response, err
	}
	l.noteProtocol(used.host, response)
	if response.Body == nil || response.Body == http.NoBody {
		l.release(used)
		return response, nil
	}
	used.ReadCloser, response.Body = response.Body, used
	return response, nil
}

// Close closes the body, after which the connection is free or closed.
func (u *connection) Close() error {
	err := u.ReadCloser.Close()
	u.of.release(u)
	return err
}

// acquire waits for a connection to the host. Its error is a *connectionWaitError.
func (c *Connections) acquire(ctx context.Context, host string) (*connection, error) {
	u := &connection{of: c, place: -1}
	if !c.enter(u, host) {
		select {
		case <-u.granted:
		case <-ctx.Done():
			c.abandon(u)
			return nil, &connectionWaitError{host: host, bound: c.bound, err: ctx.Err()}
		}
	}
	return u, nil
}

// enter makes the request active, or puts it into the queue and returns false.
func (c *Connections) enter(u *connection, host string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[host]
	if h == nil {
		h = &hostConnections{}
		c.hosts[host] = h
	}
	u.host = h
	switch {
	case h.http2:
		return true
	case len(h.active) < c.bound:
		h.activate(u)
		return true
	}
	u.granted = make(chan struct{})
	h.waiting = append(h.waiting, u)
	c.advance(h)
	return false
}

// abandon removes a request that gave up from the queue. It may have been granted a
// connection at the same time.
func (c *Connections) abandon(u *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(u.host.waiting, u); i >= 0 {
		u.host.waiting = slices.Delete(u.host.waiting, i, i+1)
	}
	u.host.remove(u)
	c.advance(u.host)
}

// release ends a request. It may be called again.
func (c *Connections) release(u *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u.host.remove(u)
	c.advance(u.host)
}

// noteProtocol lets all requests to a host go at once when it turns out to speak HTTP/2.
func (c *Connections) noteProtocol(h *hostConnections, response *http.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.http2 = response.ProtoMajor >= 2; h.http2 {
		c.advance(h)
	}
}

// advance grants connections to requests that wait. While some still do, a timer looks for
// slow requests. It is called with the lock held.
func (c *Connections) advance(h *hostConnections) {
	if c.grant(h) || h.timed {
		return
	}
	next := h.dropSlow()
	if c.grant(h) {
		return
	}
	h.timed = true
	time.AfterFunc(next, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		h.timed = false
		c.advance(h)
	})
}

// grant reports whether all requests have a connection now.
func (c *Connections) grant(h *hostConnections) bool {
	for len(h.waiting) > 0 && (h.http2 || len(h.active) < c.bound) {
		u := h.waiting[0]
		h.waiting[0], h.waiting = nil, h.waiting[1:]
		if !h.http2 {
			h.activate(u)
		}
		close(u.granted)
	}
	return len(h.waiting) == 0
}

// dropSlow stops counting slow requests, and returns how long it takes until there may be
// another one.
func (h *hostConnections) dropSlow() (next time.Duration) {
	now, next := now(), slowAfter
	for _, u := range slices.Backward(h.active) {
		left := slowAfter - (now - u.begun)
		if left <= 0 {
			h.remove(u)
			continue
		}
		next = min(next, left)
	}
	return next
}

func (h *hostConnections) activate(u *connection) {
	u.begun, u.place = now(), len(h.active)
	h.active = append(h.active, u)
}

func (h *hostConnections) remove(u *connection) {
	if u.place < 0 {
		return
	}
	end := len(h.active) - 1
	last := h.active[end]
	h.active[u.place], last.place = last, u.place
	h.active[end] = nil
	h.active, u.place = h.active[:end], -1
}

// connectionWaitError is the end of a request's context while it waited for a connection.
// The server has not seen the request, and the endpoint is not to blame.
type connectionWaitError struct {
	host  string
	bound int
	err   error
}

func (e *connectionWaitError) Error() string {
	return fmt.Sprintf("%v while waiting for one of %d connections to %s", e.err, e.bound, e.host)
}

func (e *connectionWaitError) Unwrap() error { return e.err }

// isConnectionWait reports whether err is the end of a wait for a connection.
func isConnectionWait(err error) bool {
	var waited *connectionWaitError
	return errors.As(err, &waited)
}
