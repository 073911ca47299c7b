package main

import (
	"context"
	"errors"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// deadly are the breakages of an endpoint that is dead for long.
var deadly = []breakage{
	named("refused"), named("502 page"), named("reset before the request"), named("black hole for requests"),
}

const (
	// mourners call while an endpoint is dead.
	mourners = 16
	// patience bounds the waiting for one to be used again.
	patience = 20 * time.Second
)

// measureDead lets one of three endpoints die, in several ways, and heals it.
func measureDead(ctx context.Context, a amounts) ([]row, error) {
	var seen dead
	err := onNetworks(1, a.silence, deadly[:a.deadly], func(n *network, how breakage) error {
		return seen.play(ctx, n, how, a.deaths, a.deadTime)
	})
	return []row{
		atMost("traffic on a dead endpoint", rounded(seen.share, 4), "share", a.deadShare),
		atMost("seconds until a healed endpoint is used", rounded(seen.unused.Seconds(), 2), "s", 5),
	}, err
}

func rounded(value, digits float64) float64 {
	scale := math.Pow(10, digits)
	return math.Round(value*scale) / scale
}

// dead is the worst of what came of endpoints that died.
type dead struct {
	mu     sync.Mutex
	share  float64
	unused time.Duration
}

func (d *dead) play(ctx context.Context, n *network, how breakage, deaths int, lasting time.Duration) error {
	own := &http.Transport{MaxIdleConnsPerHost: mourners}
	defer own.CloseIdleConnections()
	wire := &toll{next: own}
	c, err := n.connect(weka.WithTransport(wire))
	if err != nil {
		return err
	}
	defer c.Close()
	calls := startLoad(mourners, func() error {
		_, err := c.Cluster.GetClusterStatus(ctx)
		return errors.Join(err, elapse(ctx, upTo(breath)))
	})
	for i := range deaths {
		if err = d.round(ctx, n, wire, how, i%endpoints, lasting); err != nil {
			break
		}
	}
	calls.stop()
	return errors.Join(err, calls.seen.err())
}

// round is one death and what follows.
func (d *dead) round(ctx context.Context, n *network, wire *toll, how breakage, number int, lasting time.Duration) error {
	wire.watch(n.lines[number].address)
	if err := n.breakDown(number, how); err != nil {
		return err
	}
	err := elapse(ctx, lasting+upTo(lasting))
	share, failed := wire.share()
	healed := time.Now()
	if err = errors.Join(err, n.heal(number)); err != nil {
		return err
	}
	if !failed {
		return errors.New("no request met the dead endpoint")
	}
	used := healed
	for ; !used.After(healed); _, used = n.witness.count(number) {
		if err := elapse(ctx, time.Millisecond); err != nil {
			return err
		}
		if time.Since(healed) > patience {
			return errors.New("it was not used again")
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.share = max(d.share, share)
	d.unused = max(d.unused, used.Sub(healed))
	return nil
}

// toll counts what is sent, probes included: what a dead endpoint gets no simulator
// sees.
type toll struct {
	next http.RoundTripper

	mu        sync.Mutex
	dead      string // host:port of the endpoint
	failed    bool
	all, lost int // sent since the first failure; and of that, to the dead one
}

func (t *toll) watch(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead, t.failed, t.all, t.lost = address, false, 0, 0
}

// share is the dead one's part, and whether it has failed at all.
func (t *toll) share() (float64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return float64(t.lost) / float64(max(t.all, 1)), t.failed
}

// RoundTrip implements http.RoundTripper.
func (t *toll) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	if t.failed {
		t.all++
		if r.URL.Host == t.dead {
			t.lost++
		}
	}
	t.mu.Unlock()
	answer, err := t.next.RoundTrip(r)
	if err != nil || answer.StatusCode >= http.StatusInternalServerError {
		t.mu.Lock()
		t.failed = t.failed || r.URL.Host == t.dead
		t.mu.Unlock()
	}
	return answer, err
}
