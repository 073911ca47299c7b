package transport

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// The pauses before an endpoint that was set aside is probed, and the time that a probe may
// take. The longest pause and a probe that just misses the recovery make 4.5 s.
const (
	firstPause   = time.Second
	longestPause = 2500 * time.Millisecond
	probeTimeout = 2 * time.Second
	relapse      = 30 * time.Second // the pauses do not start over if it fails again so soon
)

const (
	suspectPause      = time.Second // between two probes of an endpoint on which callers gave up
	discoveryPause    = 5 * time.Minute
	discoveryRetry    = time.Minute
	discoveryDuration = 30 * time.Second
	maxProbes         = 8 // at the same time
)

// leave ends a request. A response brings an endpoint back that was tried because all were
// set aside.
func (e *Endpoints) leave(chosen choice, answered bool) {
	e.mu.Lock()
	chosen.inFlight--
	if answered {
		chosen.rejects = false
	}
	if answered && chosen.failures > 0 && chosen.at > chosen.changed {
		e.restore(chosen.endpoint)
	}
	e.unlock()
}

// fail sets an endpoint aside. For one that is aside already it only records the reason:
// requests that try it all the same must not postpone its next probe.
func (e *Endpoints) fail(chosen choice, err error) {
	e.mu.Lock()
	current := chosen.at > chosen.changed
	aside := chosen.failures > 0
	switch {
	case current && aside:
		chosen.reason = publicReason(err)
	case current:
		e.setAside(chosen.endpoint, err)
	}
	e.unlock()
}

// suspect probes an endpoint on which a caller gave up.
func (e *Endpoints) suspect(chosen choice) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); chosen.failures == 0 && !now.Before(chosen.due) {
		chosen.due = now.Add(suspectPause)
		e.startProbe(chosen.endpoint)
	}
}

// setAside counts a failure of a request or a probe. It is called with the lock held.
func (e *Endpoints) setAside(failed *endpoint, err error) {
	now := time.Now()
	if failed.failures == 0 && now.Sub(failed.back) > relapse {
		failed.pause = 0
	}
	failed.reason = publicReason(err)
	if failed.failures == 0 && failed.proven {
		e.report(EndpointChange{failed.origin, failed.reason})
	}
	failed.pause = min(max(2*failed.pause, firstPause), longestPause)
	failed.failures++
	failed.due = now.Add(failed.pause)
	e.sequence++
	failed.changed = e.sequence
}

// restore is called with the lock held.
func (e *Endpoints) restore(healthy *endpoint) {
	healthy.failures, healthy.reason, healthy.proven, healthy.back = 0, nil, true, time.Now()
	e.sequence++
	healthy.changed = e.sequence
	e.report(EndpointChange{Endpoint: healthy.origin})
}

// report leaves a change for unlock to report. It is called with the lock held.
func (e *Endpoints) report(change EndpointChange) {
	if e.config.Changed != nil {
		e.changes = append(e.changes, change)
	}
}

// unlock releases the lock and reports changes, in their order and one at a time.
func (e *Endpoints) unlock() {
	none := len(e.changes) == 0
	e.mu.Unlock()
	if none {
		return
	}
	e.reporting.Lock()
	defer e.reporting.Unlock()
	e.mu.Lock()
	changes := e.changes
	e.changes = nil
	e.mu.Unlock()
	for _, change := range changes {
		e.config.Changed(change)
	}
}

// maintain starts the probes and the discovery that are due, in the background. Each
// request calls it, with the lock held, and does not wait for them.
func (e *Endpoints) maintain() {
	if e.config.Discover == nil && !slices.ContainsFunc(e.all, (*endpoint).needsProbe) {
		return // without a look at the clock
	}
	now := time.Now()
	for e.probing < maxProbes {
		next := e.nextProbe(now)
		if next == nil || !e.startProbe(next) {
			break
		}
	}
	if e.config.Discover != nil && !e.discovering && !now.Before(e.discover) && !e.closed {
		e.discovering = true
		e.running.Go(e.rediscover)
	}
}

// nextProbe returns the endpoint that has waited longest for its probe, those that worked
// before first; nil if no probe is due. It is called with the lock held.
func (e *Endpoints) nextProbe(now time.Time) (next *endpoint) {
	for _, candidate := range e.all {
		switch {
		case !candidate.needsProbe() || candidate.probing || now.Before(candidate.due):
		case next == nil || candidate.proven && !next.proven,
			candidate.proven == next.proven && candidate.due.Before(next.due):
			next = candidate
		}
	}
	return next
}

// needsProbe reports whether requests should avoid the endpoint until a probe succeeds.
func (e *endpoint) needsProbe() bool { return e.failures > 0 || !e.proven }

// startProbe reports whether a probe began. It is called with the lock held.
func (e *Endpoints) startProbe(candidate *endpoint) bool {
	if candidate.probing || e.closed || e.probing >= maxProbes {
		return false
	}
	candidate.probing = true
	e.probing++
	e.sequence++
	started := choice{candidate, e.sequence}
	e.running.Go(func() { e.probe(started) })
	return true
}

// probe checks an endpoint. A failed probe is outdated by what requests learned meanwhile;
// a successful one is not.
func (e *Endpoints) probe(started choice) {
	ctx, cancel := context.WithTimeout(e.background, probeTimeout)
	defer cancel()
	err := e.checkHealth(ctx, started.endpoint)

	e.mu.Lock()
	started.probing = false
	e.probing--
	switch {
	case e.closed || !slices.Contains(e.all, started.endpoint):
	case err == nil && started.needsProbe():
		e.restore(started.endpoint)
	case err != nil && started.at > started.changed:
		e.setAside(started.endpoint, err)
	}
	e.unlock()
}

func (e *Endpoints) checkHealth(ctx context.Context, candidate *endpoint) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, candidate.origin+e.config.HealthPath, nil)
	if err != nil {
		return err
	}
	response, err := e.probes.RoundTrip(request)
	if err != nil {
		return err
	}
	discard(response)
	if response.StatusCode >= http.StatusInternalServerError {
		return statusError(response.StatusCode)
	}
	return nil
}

// rediscover replaces the discovered endpoints by those that are discovered now.
func (e *Endpoints) rediscover() {
	ctx, cancel := context.WithTimeout(e.background, discoveryDuration)
	defer cancel()
	found, err := e.config.Discover(ctx)
	isFound := make(map[string]bool, len(found))
	for _, origin := range found {
		isFound[origin] = true
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	e.discovering = false
	e.discover = time.Now().Add(discoveryPause)
	if err != nil {
		e.discover = time.Now().Add(discoveryRetry)
		return
	}
	e.all = slices.DeleteFunc(e.all, func(known *endpoint) bool { return !known.given && !isFound[known.origin] })
	for _, known := range e.all {
		delete(isFound, known.origin)
	}
	for _, origin := range found {
		if len(e.all) >= MaxEndpoints {
			return
		}
		if isFound[origin] {
			e.all = append(e.all, &endpoint{origin: origin})
			delete(isFound, origin)
		}
	}
}

// isGatewayError reports whether a proxy answered in the endpoint's place.
func isGatewayError(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// statusError is a response that says that the endpoint does not work.
type statusError int

func (s statusError) Error() string {
	return "answered " + strconv.Itoa(int(s)) + " " + http.StatusText(int(s))
}
