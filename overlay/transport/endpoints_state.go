package transport

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The pauses before an endpoint that was set aside is probed, and how long a probe
// may take. The longest pause and a probe that just misses the healing make 4.5 s.
const (
	firstPause   = time.Second
	longestPause = 2500 * time.Millisecond
	probeTimeout = 2 * time.Second
	relapse      = 30 * time.Second // failing again so soon, the pauses go on growing
)

// endpoint is one place and what is known of it. Endpoints.mu guards all but the
// first two.
type endpoint struct {
	origin string
	given  bool // by the caller; else the server named it

	proven   bool // answered once, or given: worth trying when all are set aside
	inFlight int
	used     uint64 // when it was last chosen
	failures int    // since the last good answer; more than 0 is set aside
	changed  uint64 // when it was set aside, failed a probe, or came back
	reason   error  // of the last failure
	pause    time.Duration
	due      time.Time // of the next probe: not before
	back     time.Time // when it came back
	probing  bool
}

// before tells which of two endpoints is the better choice.
func (e *endpoint) before(other *endpoint) bool {
	switch {
	case e.failures != other.failures:
		return e.failures < other.failures
	case e.inFlight != other.inFlight:
		return e.inFlight < other.inFlight
	default:
		return e.used < other.used
	}
}

// visit is one request to one endpoint, and when it began: what it tells is old
// news if the endpoint changed since.
type visit struct {
	*endpoint
	begun uint64
}

// awaitsProbe is true of one that no request should go to before a probe was answered.
func (e *endpoint) awaitsProbe() bool { return e.failures > 0 || !e.proven }

// first takes the best endpoint for a request. There always is one: those that were
// given are tried even if all are set aside.
func (e *Endpoints) first() visit {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tend()
	at, _ := e.choose(nil)
	return at
}

// another takes the best endpoint that was not tried yet, if there is one.
func (e *Endpoints) another(tried []*endpoint) (at visit, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.choose(tried)
}

// choose is called with the lock held.
func (e *Endpoints) choose(tried []*endpoint) (at visit, ok bool) {
	var best *endpoint
	for _, candidate := range e.all {
		if candidate.proven && !slices.Contains(tried, candidate) && (best == nil || candidate.before(best)) {
			best = candidate
		}
	}
	if best == nil {
		return visit{}, false
	}
	e.now++
	best.used = e.now
	best.inFlight++
	return visit{best, e.now}, true
}

// leave ends a visit. An answer brings an endpoint back that was tried because all were
// set aside.
func (e *Endpoints) leave(at visit, answered bool) {
	e.mu.Lock()
	at.inFlight--
	if answered && at.failures > 0 && at.begun > at.changed {
		e.bringBack(at.endpoint)
	}
	e.unlock()
}

// failed sets an endpoint aside. Of one that is aside it only notes the latest reason:
// requests that try it all the same must not put off its next probe.
func (e *Endpoints) failed(at visit, err error) {
	e.mu.Lock()
	fresh := at.begun > at.changed
	known := at.failures > 0
	switch {
	case fresh && known:
		at.reason = reasonOf(err)
	case fresh:
		e.setAside(at.endpoint, err)
	}
	e.unlock()
}

// setAside counts a failure, of a request or of a probe. It is called with the lock
// held.
func (e *Endpoints) setAside(at *endpoint, err error) {
	now := time.Now()
	if at.failures == 0 && now.Sub(at.back) > relapse {
		at.pause = 0
	}
	at.reason = reasonOf(err)
	if at.failures == 0 && at.proven {
		e.note(EndpointChange{at.origin, at.reason})
	}
	at.pause = min(max(2*at.pause, firstPause), longestPause)
	at.failures++
	at.due = now.Add(at.pause)
	e.now++
	at.changed = e.now
}

// bringBack is called with the lock held.
func (e *Endpoints) bringBack(at *endpoint) {
	at.failures, at.reason, at.proven, at.back = 0, nil, true, time.Now()
	e.now++
	at.changed = e.now
	e.note(EndpointChange{Endpoint: at.origin})
}

// note keeps news for unlock to tell. It is called with the lock held.
func (e *Endpoints) note(change EndpointChange) {
	if e.config.Changed != nil {
		e.news = append(e.news, change)
	}
}

// unlock ends what may have made news, and tells them in their order, one at a time.
func (e *Endpoints) unlock() {
	none := len(e.news) == 0
	e.mu.Unlock()
	if none {
		return
	}
	e.telling.Lock()
	defer e.telling.Unlock()
	e.mu.Lock()
	news := e.news
	e.news = nil
	e.mu.Unlock()
	for _, change := range news {
		e.config.Changed(change)
	}
}

// explain names every endpoint with its reason if none is left, and gives err alone
// otherwise.
func (e *Endpoints) explain(last *endpoint, err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	network, notSent := failureOf(err)
	if !network && !isPermanent(err) {
		return err
	}
	all := &EndpointsError{}
	for _, at := range e.all {
		reason := at.reason
		if at == last {
			reason = reasonOf(err)
		}
		switch {
		case reason != nil:
			all.Failures = append(all.Failures, EndpointChange{at.origin, reason})
			network = network || !isPermanent(reason)
		case at.proven:
			return err
		}
	}
	// The layers above must take this sending for what it was: what is remembered of
	// the other endpoints does not say how far it got.
	return &attemptError{err: all, network: network, notSent: notSent}
}

// reasonOf leaves out what other callers must not see: an address with its query.
func reasonOf(err error) error {
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

// isProxyFailure tells an answer in the endpoint's place.
func isProxyFailure(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// statusError is an answer that says that the endpoint is not there.
type statusError int

func (s statusError) Error() string {
	return "answered " + strconv.Itoa(int(s)) + " " + http.StatusText(int(s))
}
