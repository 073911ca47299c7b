package transport

import (
	"context"
	"net/http"
	"slices"
	"time"
)

const (
	suspectPause      = time.Second // between two probes of one that callers gave up on
	discoveryPause    = 5 * time.Minute
	discoveryRetry    = time.Minute
	discoveryDuration = 30 * time.Second
)

// tend has what is due done in the background: probes of endpoints that were set
// aside, and discovery. It is called with each request, which does not wait for it, and
// with the lock held.
func (e *Endpoints) tend() {
	if e.config.Discover == nil && !slices.ContainsFunc(e.all, (*endpoint).awaitsProbe) {
		return // without a look at the clock
	}
	now := time.Now()
	for _, at := range e.all {
		if at.awaitsProbe() && !now.Before(at.due) {
			e.startProbe(at)
		}
	}
	if e.config.Discover != nil && !e.discovering && !now.Before(e.discover) && !e.closed {
		e.discovering = true
		e.running.Go(e.discoverAll)
	}
}

// suspect probes an endpoint that somebody gave up on.
func (e *Endpoints) suspect(at visit) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); at.failures == 0 && !now.Before(at.due) {
		at.due = now.Add(suspectPause)
		e.startProbe(at.endpoint)
	}
}

// startProbe is called with the lock held.
func (e *Endpoints) startProbe(at *endpoint) {
	if at.probing || e.closed {
		return
	}
	at.probing = true
	e.now++
	begun := visit{at, e.now}
	e.running.Go(func() { e.probe(begun) })
}

// probe asks an endpoint how it is. What others learned while it was under way is
// newer than a bad answer, and older than a good one.
func (e *Endpoints) probe(at visit) {
	ctx, cancel := e.bounded(probeTimeout)
	defer cancel()
	err := e.ask(ctx, at.endpoint)

	e.mu.Lock()
	at.probing = false
	switch {
	case e.closed || !slices.Contains(e.all, at.endpoint):
	case err == nil && (at.failures > 0 || !at.proven):
		e.bringBack(at.endpoint)
	case err != nil && at.begun > at.changed:
		e.setAside(at.endpoint, err)
	}
	e.unlock()
}

func (e *Endpoints) ask(ctx context.Context, at *endpoint) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.origin+e.config.HealthPath, nil)
	if err != nil {
		return err
	}
	answer, err := e.config.Wire.RoundTrip(request)
	if err != nil {
		return err
	}
	discard(answer)
	if answer.StatusCode >= http.StatusInternalServerError {
		return statusError(answer.StatusCode)
	}
	return nil
}

// discoverAll replaces the endpoints that were found by those that are found now.
func (e *Endpoints) discoverAll() {
	ctx, cancel := e.bounded(discoveryDuration)
	defer cancel()
	found, err := e.config.Discover(ctx)

	e.mu.Lock()
	defer e.mu.Unlock()
	e.discovering = false
	e.discover = time.Now().Add(discoveryPause)
	if err != nil {
		e.discover = time.Now().Add(discoveryRetry)
		return
	}
	e.all = slices.DeleteFunc(e.all, func(at *endpoint) bool {
		return !at.given && !slices.Contains(found, at.origin)
	})
	for _, origin := range found {
		if !slices.ContainsFunc(e.all, func(at *endpoint) bool { return at.origin == origin }) {
			e.all = append(e.all, &endpoint{origin: origin})
		}
	}
}
