package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

// EndpointsConfig describes a server that answers at several addresses.
type EndpointsConfig struct {
	// Origins are the addresses, each as "https://weka01:14000". All are equal: each can
	// answer every request.
	Origins []string
	// Wire sends the probes. They are not calls: hooks do not see them.
	Wire http.RoundTripper
	// HealthPath is what a probe requests, as "/api/v2/healthcheck". Every response below
	// 500 is good, also a 401 or 404: it shows that the endpoint is there.
	HealthPath string
	// Rejects reports whether an endpoint rejects the credentials of a request that Auth gave
	// its token, or of a login. It may use Peek. Such a request goes to another endpoint: see
	// Endpoints. nil is never.
	Rejects func(*http.Response) bool
	// Login is the operation that sends a password, nil for none. The server counts its
	// rejections, so that one is final if no other endpoint accepts the password, also if
	// they are too busy or broken to look at it.
	Login *api.Operation
	// Discover returns all addresses of the server; nil discovers nothing. It is called in
	// the background, soon after the first request and then every five minutes while there
	// are requests. An address that it returns is used beside Origins once a probe
	// succeeded there. Of more than MaxEndpoints, known ones are kept and the rest ignored.
	Discover func(context.Context) ([]string, error)
	// Changed, if set, is called for every endpoint that is set aside or comes back, in
	// order and one at a time. It must return quickly, and must neither send requests nor
	// call Close.
	Changed func(EndpointChange)
}

// MaxEndpoints bounds the endpoints of a client, given and discovered ones together. Origins
// are never ignored.
const MaxEndpoints = 256

// EndpointChange is what happened to an endpoint.
type EndpointChange struct {
	Endpoint string // as "https://weka01:14000"
	Err      error  // why it was set aside; nil if it is back, or new
}

// EndpointsError says that no endpoint is left: each failed now or within the last seconds.
type EndpointsError struct {
	Failures []EndpointChange // one an endpoint, with its reason
}

// Error names every endpoint and its reason in one line.
func (e *EndpointsError) Error() string {
	parts := make([]string, 0, len(e.Failures))
	for _, f := range e.Failures {
		parts = append(parts, f.Endpoint+": "+f.Err.Error())
	}
	return "no endpoint is left: " + strings.Join(parts, "; ")
}

// Unwrap returns the reasons, in the order of the endpoints.
func (e *EndpointsError) Unwrap() []error {
	reasons := make([]error, 0, len(e.Failures))
	for _, f := range e.Failures {
		reasons = append(reasons, f.Err)
	}
	return reasons
}

// Endpoints spreads the requests of a client over the endpoints of its server. It chooses,
// for each attempt, the healthy endpoint with the fewest requests under way, and among
// equals the one that was used least recently. So a slow endpoint gets fewer requests
// without any measurement.
//
// An endpoint is set aside when it cannot be reached, breaks off or times out, or when a
// proxy answers 502, 503 or 504 in its place. After a pause the next request starts a probe
// in the background, and one good response brings the endpoint back. The pauses are 1 s,
// 2 s and then 2.5 s each; they do not start over for an endpoint that fails again within
// 30 s of its return. A probe may take 2 s. So an endpoint that works again is used within
// five seconds, an idle client sends nothing, and no goroutine outlives its probe.
//
// A caller that gives up does not set the endpoint aside. Because the endpoint may be the
// reason, it is probed, once a second at most, and a failed probe counts.
//
// A request that certainly did not reach an endpoint moves on to the next one at once, as
// part of the same attempt. All other failures are left to the outer layers, which know
// whether the request may be sent again; the next attempt chooses another endpoint.
//
// A request whose credentials an endpoint rejects goes to one other, because the endpoint may
// be at fault: if the other one does not reject them, the first is set aside. If it does, the
// rejection is the response.
//
// If all endpoints are set aside, they are tried all the same, the one with the fewest
// failures first: a network that was away for a moment must not cost longer than that.
type Endpoints struct {
	config     EndpointsConfig
	background context.Context //nolint:containedctx // of probes and discovery; ends with Close
	end        context.CancelFunc
	probes     *Attempts // its wire, without hooks and timeout
	running    sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	all         []*endpoint
	sequence    uint64 // grows with every attempt and every change
	probing     int    // probes under way
	discovering bool
	discover    time.Time        // not before
	changes     []EndpointChange // not reported yet

	reporting sync.Mutex // held while Changed is called
}

// endpoint is one address and what is known of it. Endpoints.mu guards all fields but the
// first two.
type endpoint struct {
	origin string
	given  bool // by the caller; otherwise discovered

	proven   bool   // given, or answered once: it is tried even if all are set aside
	inFlight int    // requests under way
	used     uint64 // when it was last chosen
	failures int    // since the last good response; it is set aside if above 0
	changed  uint64 // when it was set aside, failed a probe, or came back
	reason   error  // of the last failure
	pause    time.Duration
	due      time.Time // the next probe is not before
	back     time.Time // when it came back
	probing  bool
	rejects  bool // credentials that another endpoint accepted, and has accepted none since
}

// choice is an endpoint that was chosen for a request, and when. What the request shows is
// outdated if the endpoint changed since.
type choice struct {
	*endpoint
	at uint64
}

// NewEndpoints returns Endpoints that must be closed. It opens no connection.
func NewEndpoints(config EndpointsConfig) *Endpoints {
	e := &Endpoints{config: config, probes: &Attempts{Next: config.Wire, Timeout: -1}}
	e.background, e.end = context.WithCancel(context.Background())
	for _, origin := range config.Origins {
		e.all = append(e.all, &endpoint{origin: origin, given: true, proven: true})
	}
	return e
}

// Close cancels probes and discovery and waits for their end. Requests may still be sent,
// but start no probes.
func (e *Endpoints) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end()
	e.running.Wait()
}

// Over returns the layer that sends through next. All stacks that send to the same server,
// for calls and for logins, share one Endpoints, and so what it knows.
func (e *Endpoints) Over(next http.RoundTripper) http.RoundTripper {
	return &endpointLayer{e, next, Hooks{}}
}

type endpointLayer struct {
	*Endpoints
	next  http.RoundTripper
	hooks Hooks
}

// RoundTrip implements http.RoundTripper. A request to an address that is not an endpoint,
// because the caller changed it, passes unchanged.
func (l *endpointLayer) RoundTrip(request *http.Request) (*http.Response, error) {
	isOurs := func(origin string) bool { return isOrigin(origin, request.URL.Scheme, request.URL.Host) }
	if !slices.ContainsFunc(l.config.Origins, isOurs) {
		return l.next.RoundTrip(request)
	}
	var tried []*endpoint
	chosen := l.chooseFirst()
	for {
		response, err := l.send(chosen, request)
		switch {
		case err == nil && l.isRejection(request, response):
			return l.verify(chosen, request, response, append(tried, chosen.endpoint))
		case err == nil || request.Context().Err() != nil:
			return response, err
		}
		tried = append(tried, chosen.endpoint)
		next, again := l.moveOn(request, err, tried)
		if again == nil {
			return nil, l.describe(chosen.endpoint, err)
		}
		l.hooks.retry(request, Retrying{Reason: RetryFailover, Repetition: len(tried)}, nil, err)
		chosen, request = next, again
	}
}

// moveOn chooses the next endpoint for a request that did not reach the last one. The
// request is nil if there is none, or if it must not be sent again by this layer.
func (l *endpointLayer) moveOn(request *http.Request, err error, tried []*endpoint) (choice, *http.Request) {
	if _, notSent := failureOf(err); !notSent {
		return choice{}, nil
	}
	return l.another(request, tried, false)
}

// another chooses an endpoint that was not tried yet, and returns the request to send there;
// nil if there is no endpoint, or the body cannot be read again.
func (l *endpointLayer) another(request *http.Request, tried []*endpoint, healthy bool) (choice, *http.Request) {
	next, ok := l.chooseOther(tried, healthy)
	if !ok {
		return choice{}, nil
	}
	again, ok := rewind(request)
	if !ok {
		l.leave(next, false)
		return choice{}, nil
	}
	return next, again
}

// send sends to one endpoint and learns from the outcome.
func (l *endpointLayer) send(chosen choice, request *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(chosen.readdress(request))
	l.leave(chosen, err == nil && !isGatewayError(response.StatusCode) && !l.isRejection(request, response))
	switch {
	case err != nil && isConnectionWait(err): // it was not sent
	case err != nil && request.Context().Err() != nil:
		l.suspect(chosen)
	case err != nil:
		if network, _ := failureOf(err); network || failure.IsPermanent(err) {
			l.fail(chosen, err)
		}
	case isGatewayError(response.StatusCode):
		l.fail(chosen, statusError(response.StatusCode))
	case response.Body != nil && response.Body != http.NoBody:
		response.Body = &endpointBody{ReadCloser: response.Body, of: l.Endpoints, from: chosen, caller: request.Context()}
	}
	return response, err
}

// readdress returns a copy of the request for the endpoint. The Host header is changed as
// well, since a proxy for plain HTTP goes by it.
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

// endpointBody notices an endpoint that breaks off in the middle of a response.
type endpointBody struct {
	io.ReadCloser
	of     *Endpoints
	from   choice
	caller context.Context //nolint:containedctx // it does not outlive the call
	closed atomic.Bool     // possibly during a Read
}

// Read reads from the response's body.
func (b *endpointBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && b.caller.Err() == nil && !b.closed.Load() {
		b.of.fail(b.from, err)
	}
	return n, err
}

// Close closes the response's body.
func (b *endpointBody) Close() error {
	b.closed.Store(true)
	return b.ReadCloser.Close()
}

// chooseFirst chooses the best endpoint for a request. There always is one, because given
// endpoints are tried even if all are set aside.
func (e *Endpoints) chooseFirst() choice {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.maintain()
	chosen, _ := e.choose(nil)
	return chosen
}

// chooseOther chooses the best endpoint that was not tried yet; if it must be healthy, one
// that is not set aside.
func (e *Endpoints) chooseOther(tried []*endpoint, healthy bool) (chosen choice, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if healthy && !slices.ContainsFunc(e.all, func(candidate *endpoint) bool {
		return !candidate.needsProbe() && !slices.Contains(tried, candidate)
	}) {
		return choice{}, false
	}
	return e.choose(tried)
}

// choose is called with the lock held.
func (e *Endpoints) choose(tried []*endpoint) (chosen choice, ok bool) {
	var best *endpoint
	for _, candidate := range e.all {
		if candidate.proven && !slices.Contains(tried, candidate) && (best == nil || candidate.isBetter(best)) {
			best = candidate
		}
	}
	if best == nil {
		return choice{}, false
	}
	e.sequence++
	best.used = e.sequence
	best.inFlight++
	return choice{best, e.sequence}, true
}

func (e *endpoint) isBetter(other *endpoint) bool {
	switch {
	case e.failures != other.failures:
		return e.failures < other.failures
	case e.inFlight != other.inFlight:
		return e.inFlight < other.inFlight
	default:
		return e.used < other.used
	}
}

// hasHealthy reports whether an endpoint is not set aside.
func (e *Endpoints) hasHealthy() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.all, func(candidate *endpoint) bool { return !candidate.needsProbe() })
}

// describe names every endpoint with its reason if all have failed, and returns err alone
// otherwise.
func (e *Endpoints) describe(last *endpoint, err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	network, notSent := failureOf(err)
	if !network && !failure.IsPermanent(err) {
		return err
	}
	all := &EndpointsError{}
	for _, candidate := range e.all {
		reason := candidate.reason
		if candidate == last {
			reason = publicReason(err)
		}
		switch {
		case reason != nil:
			all.Failures = append(all.Failures, EndpointChange{candidate.origin, reason})
			network = network || !failure.IsPermanent(reason)
		case candidate.proven:
			return err
		}
	}
	// How far this attempt got decides what the outer layers may do. The reasons of the
	// other endpoints say nothing about that.
	return &attemptError{err: all, network: network, notSent: notSent}
}

// publicReason removes what other callers must not see: an address with its query.
func publicReason(err error) error {
	var failed *attemptError
	if errors.As(err, &failed) {
		err = failed.err
	}
	var address *url.Error
	for errors.As(err, &address) {
		err = address.Err
	}
	return err
}
