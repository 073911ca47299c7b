package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// EndpointsConfig is what Endpoints needs to know of a server that answers at several
// places.
type EndpointsConfig struct {
	// Origins are the places, each as "https://weka01:14000". All are equal: what one
	// answers, each would.
	Origins []string
	// Wire sends the probes, which are no calls: no hook sees them, nothing counts
	// them.
	Wire http.RoundTripper
	// HealthPath is what a probe gets, as "/api/v2/healthcheck". An answer below 500
	// is good, also a 401 or 404: whoever answers that is there.
	HealthPath string
	// Discover, if any, asks the server for all of its places. It is called in the
	// background, soon after the first request and then every five minutes while
	// there are requests. What it finds is used beside Origins, once a probe was
	// answered there.
	Discover func(context.Context) ([]string, error)
	// Changed, if any, is told of every endpoint that is set aside or comes back, in
	// order and one at a time. It must be quick, and must neither send nor Close.
	Changed func(EndpointChange)
}

// EndpointChange is what happened to an endpoint.
type EndpointChange struct {
	Endpoint string // as "https://weka01:14000"
	Err      error  // why it was set aside; nil: it is back, or new
}

// Endpoints spreads the requests of one client over the endpoints of its server. It
// takes, for each sending, the healthy endpoint with the fewest requests under way,
// and among equals the one that was not used for the longest time: a slow one gets
// less by itself, and nothing needs to be measured.
//
// An endpoint that failed is set aside: when it could not be reached, broke off,
// stayed silent, or a proxy answered 502, 503 or 504 in its place. After a pause the
// next request has it probed in the background, and one good answer brings it back.
// The pauses are 1 s, 2 s and then 2.5 s each, and go on growing for one that fails
// again within 30 s of its return. A probe may take 2 s. So a healed endpoint is in use
// within five seconds, an idle client sends nothing, and no goroutine lives longer
// than its probe.
//
// A caller who gives up sets no endpoint aside. But it may be the endpoint's fault,
// so that one is probed, once a second at most, and a probe that fails counts.
//
// A request which certainly did not reach an endpoint goes to the next one at once,
// as part of the same attempt. Every other failure is for the layers above, which
// know whether the request may be sent again; sent again, it goes elsewhere.
//
// With all set aside each is tried all the same, the one with the fewest failures
// first: that the network was gone for a moment must not outlast the moment.
type Endpoints struct {
	config  EndpointsConfig
	bounded func(time.Duration) (context.Context, context.CancelFunc) // until Close
	end     context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	all         []*endpoint
	now         uint64 // grows with every sending and every change
	discovering bool
	discover    time.Time        // not before
	news        []EndpointChange // not told yet

	telling sync.Mutex // held while somebody is told
}

// NewEndpoints opens no connection. It must be closed.
func NewEndpoints(config EndpointsConfig) *Endpoints {
	background, end := context.WithCancel(context.Background())
	e := &Endpoints{config: config, end: end}
	e.bounded = func(d time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeout(background, d)
	}
	for _, origin := range config.Origins {
		e.all = append(e.all, &endpoint{origin: origin, given: true, proven: true})
	}
	return e
}

// Close ends what runs in the background, and waits for it. Requests may still be
// sent; nothing is probed any more.
func (e *Endpoints) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end()
	e.running.Wait()
}

// Over is the layer: it sends through next. All that send to the same server, calls
// and logins, share one Endpoints, so that they learn from each other.
func (e *Endpoints) Over(next http.RoundTripper) http.RoundTripper { return &spread{e, next} }

type spread struct {
	*Endpoints
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper. A request for a place that is none of the
// endpoints, because the caller changed its address, passes as it is.
func (s *spread) RoundTrip(request *http.Request) (*http.Response, error) {
	isOurs := func(origin string) bool { return isOrigin(origin, request.URL.Scheme, request.URL.Host) }
	if !slices.ContainsFunc(s.config.Origins, isOurs) {
		return s.next.RoundTrip(request)
	}
	var tried []*endpoint
	at := s.first()
	for {
		answer, err := s.send(at, request)
		if err == nil || request.Context().Err() != nil {
			return answer, err
		}
		tried = append(tried, at.endpoint)
		next, again := s.onwards(request, err, tried)
		if again == nil {
			return nil, s.explain(at.endpoint, err)
		}
		at, request = next, again
	}
}

// onwards finds the next endpoint for a request that did not reach the last one. The
// request is nil if there is none, or if it may not be sent again here.
func (s *spread) onwards(request *http.Request, err error, tried []*endpoint) (visit, *http.Request) {
	if _, notSent := failureOf(err); !notSent {
		return visit{}, nil
	}
	next, ok := s.another(tried)
	if !ok {
		return visit{}, nil
	}
	again, ok := rewind(request)
	if !ok {
		s.leave(next, false)
		return visit{}, nil
	}
	return next, again
}

// send sends to one endpoint and learns from how that goes.
func (s *spread) send(at visit, request *http.Request) (*http.Response, error) {
	answer, err := s.next.RoundTrip(at.readdress(request))
	s.leave(at, err == nil && !isProxyFailure(answer.StatusCode))
	switch {
	case err != nil && hasWaited(err): // it was not sent
	case err != nil && request.Context().Err() != nil:
		s.suspect(at)
	case err != nil:
		if network, _ := failureOf(err); network || isPermanent(err) {
			s.failed(at, err)
		}
	case isProxyFailure(answer.StatusCode):
		s.failed(at, statusError(answer.StatusCode))
	case answer.Body != nil && answer.Body != http.NoBody:
		answer.Body = &watchedBody{ReadCloser: answer.Body, of: s.Endpoints, at: at, caller: request.Context()}
	}
	return answer, err
}

// readdress gives a copy of the request for the endpoint. The Host header goes along:
// a proxy for plain http sends to that one.
func (e *endpoint) readdress(request *http.Request) *http.Request {
	scheme, host, _ := strings.Cut(e.origin, "://")
	if request.URL.Host == host && request.URL.Scheme == scheme {
		return request
	}
	sent := request.WithContext(request.Context())
	address := *request.URL
	if sent.Host == address.Host {
		sent.Host = host
	}
	address.Scheme, address.Host = scheme, host
	sent.URL = &address
	return sent
}

// watchedBody notices an endpoint that breaks off in the middle of an answer.
type watchedBody struct {
	io.ReadCloser
	of     *Endpoints
	at     visit
	caller context.Context //nolint:containedctx // it lives no longer than the caller
	closed atomic.Bool     // by the reader, who may be reading
}

// Read reads from the answer's body.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && b.caller.Err() == nil && !b.closed.Load() {
		b.of.failed(b.at, err)
	}
	return n, err
}

// Close closes the answer's body.
func (b *watchedBody) Close() error {
	b.closed.Store(true)
	return b.ReadCloser.Close()
}
