package main

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// deadly are the faults of an endpoint that is dead for a longer time.
var deadly = []breakage{
	named("refused"), named("502 page"), named("reset before the request"), named("black hole for requests"),
}

const (
	// deadCallers call while an endpoint is dead.
	deadCallers = 16
	// patience bounds the wait until an endpoint is used again.
	patience = 20 * time.Second
)

// measureDead lets one of three endpoints die, with several faults, and recover.
func measureDead(ctx context.Context, a amounts) ([]results.Row, error) {
	var seen dead
	err := onNetworks(1, a.idleTimeout, deadly[:a.deadly], func(n *network, how breakage) error {
		return seen.play(ctx, n, how, a.deaths, a.deadTime)
	})
	return []results.Row{
		results.AtMost("traffic on a dead endpoint", seen.share, "share", a.deadShare),
		results.AtMost("seconds until a healed endpoint is used", seen.recovery.Seconds(), "s", a.recovery),
	}, err
}

// dead is the worst outcome of endpoints that died.
type dead struct {
	mu       sync.Mutex
	share    float64
	recovery time.Duration
}

func (d *dead) play(ctx context.Context, n *network, how breakage, deaths int, lasting time.Duration) (err error) {
	defer must.Catch(&err)
	own := &http.Transport{MaxIdleConnsPerHost: deadCallers}
	defer own.CloseIdleConnections()
	wire := &trafficCounter{next: own}
	c := must.Get(n.connect(weka.WithTransport(wire)))
	defer c.Close()
	calls := load.Start(deadCallers, 0, func() error {
		_, err := c.Cluster.GetStatus(ctx)
		return errors.Join(err, load.Elapse(ctx, upTo(maxPause)))
	})
	for i := range deaths {
		if err = d.round(ctx, n, wire, how, i%endpoints, lasting); err != nil {
			break
		}
	}
	return errors.Join(err, calls.Stop().Err())
}

// round is one death and the recovery.
func (d *dead) round(ctx context.Context, n *network, wire *trafficCounter, how breakage, number int, lasting time.Duration) (err error) {
	defer must.Catch(&err)
	wire.watch(n.lines[number].address)
	must.Succeed(n.breakDown(number, how))
	err = load.Elapse(ctx, lasting+upTo(lasting))
	share, failed := wire.share()
	healed := time.Now()
	must.Succeed(errors.Join(err, n.heal(number)))
	must.Hold(failed, "no request met the dead endpoint")
	used := healed
	for ; !used.After(healed); _, used = n.recorder.count(number) {
		must.Succeed(load.Elapse(ctx, time.Millisecond))
		must.Hold(time.Since(healed) <= patience, "it was not used again")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.share = max(d.share, share)
	d.recovery = max(d.recovery, used.Sub(healed))
	return nil
}

// trafficCounter counts what is sent, probes included. A simulator does not see what a dead
// endpoint gets.
type trafficCounter struct {
	next http.RoundTripper

	mu        sync.Mutex
	dead      string // host:port of the endpoint
	failed    bool
	all, lost int // attempts since the first failure, and those of them to the dead endpoint
}

func (t *trafficCounter) watch(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead, t.failed, t.all, t.lost = address, false, 0, 0
}

// share returns the dead endpoint's part, and whether it has failed at all.
func (t *trafficCounter) share() (float64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return float64(t.lost) / float64(max(t.all, 1)), t.failed
}

// RoundTrip implements http.RoundTripper.
func (t *trafficCounter) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	if t.failed {
		t.all++
		if r.URL.Host == t.dead {
			t.lost++
		}
	}
	t.mu.Unlock()
	response, err := t.next.RoundTrip(r)
	if err != nil || response.StatusCode >= http.StatusInternalServerError {
		t.mu.Lock()
		t.failed = t.failed || r.URL.Host == t.dead
		t.mu.Unlock()
	}
	return response, err
}
