// Command fleet tests one session for many machines: machines played by groups of processes
// with folders of their own and clocks that differ, which share a session through a real
// redis-server. The simulator of the cluster or the Hub and Redis are all that they have in
// common.
//
// What the simulator can see is counted there. The figures go to stdout and to
// fleet/results.json; the command exits 1 if one of them is out of its bound. README.md
// explains each figure.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// limit is the longest duration of all runs.
const limit = 6 * time.Minute

// resultsFile is relative to the module, where make runs the command.
const resultsFile = "fleet/results.json"

// full are the amounts of the command.
var full = amounts{
	machines: 8, each: 50, skew: 2 * time.Minute, life: 3 * time.Second, pause: 500 * time.Millisecond,
	steady: 2 * time.Minute, disturbed: 20 * time.Second, hub: 30 * time.Second,
	away: 6 * time.Second, paused: 7 * time.Second,
}

// amounts are how much of everything is done.
type amounts struct {
	machines, each int           // processes of each machine
	skew           time.Duration // between the first clock and the last
	life           time.Duration // of an access token
	pause          time.Duration // between two calls of a process

	steady, disturbed, hub time.Duration // of the runs
	away                   time.Duration // Redis is
	paused                 time.Duration // a holder is, for longer than a lease
}

// part is a run with a fleet of its own. Its error is not a figure out of its bound, but for
// example a disturbance that did not happen.
type part struct {
	name    string
	measure func(context.Context, amounts) ([]results.Row, error)
}

var parts = []part{
	{"steady", measureSteady},
	{"Redis away", measureAway},
	{"holder paused", measurePaused},
	{"holder killed", measureKilled},
	{"Hub", measureHub},
}

func main() {
	if product := os.Getenv(productVariable); product != "" {
		os.Exit(play(product))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills the program
	os.Exit(run(ctx, os.Stdout, os.Stderr))
}

// run runs all parts and returns the exit status.
func run(ctx context.Context, out, stderr io.Writer) int {
	if err := findRedis(); err != nil {
		_, _ = fmt.Fprintln(stderr, "fleet:", err)
		return 1
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var all []results.Row
	status := 0
	for _, p := range parts {
		rows, err := p.measure(limited, full)
		for _, r := range rows {
			_, _ = fmt.Fprintln(out, r)
			if !r.Held {
				status = 1
			}
		}
		all = append(all, rows...)
		if err != nil {
			_, _ = fmt.Fprintf(stderr, "fleet: %s: %v\n", p.name, err)
			status = 1
		}
	}
	if ctx.Err() != nil {
		return 1 // the results are incomplete
	}
	if err := results.Write(resultsFile, all); err != nil {
		_, _ = fmt.Fprintln(stderr, "fleet:", err)
		status = 1
	}
	return status
}

// measureSteady is the run in which nothing fails.
func measureSteady(ctx context.Context, a amounts) ([]results.Row, error) {
	f, err := runFleet(ctx, a, wekaProduct, a.steady, func(*fleet) error { return nil })
	return []results.Row{
		results.Exactly("fleet: machines", f.completeMachines(), a.machines),
		results.Exactly("fleet: processes", len(f.ended), a.machines*a.each),
		results.Exactly("fleet: refreshes an expiry", f.refreshes.Expiries().Worst, 1),
		results.Exactly("fleet: logins", f.system.logins(), 1),
		results.Reported("fleet: calls", f.total.Calls, results.Count),
		results.Exactly("fleet: calls lost", f.total.Lost, 0),
		results.Exactly("fleet: sessions lost", f.total.Ended+max(0, f.system.logins()-1), 0),
	}, err
}

func measureAway(ctx context.Context, a amounts) ([]results.Row, error) {
	return measureLost(ctx, a, "fleet: calls lost, Redis away", wekaProduct, a.disturbed, func(f *fleet) error { return f.stopRedis(ctx) })
}

func measurePaused(ctx context.Context, a amounts) ([]results.Row, error) {
	return measureLost(ctx, a, "fleet: calls lost, holder paused", wekaProduct, a.disturbed, func(f *fleet) error { return f.pauseHolder(ctx) })
}

func measureKilled(ctx context.Context, a amounts) ([]results.Row, error) {
	return measureLost(ctx, a, "fleet: calls lost, holder killed", wekaProduct, a.disturbed, func(f *fleet) error { return f.killHolders(ctx) })
}

func measureHub(ctx context.Context, a amounts) ([]results.Row, error) {
	return measureLost(ctx, a, "fleet: Hub, calls lost", hubProduct, a.hub, func(*fleet) error { return nil })
}

func measureLost(
	ctx context.Context, a amounts, name, product string, duration time.Duration, disturb func(*fleet) error,
) ([]results.Row, error) {
	f, err := runFleet(ctx, a, product, duration, disturb)
	if err == nil {
		err = must.Run(func() {
			must.Hold(f.total.Calls > 0, "no calls")
			must.Hold(f.total.Lost == 0, "%d of %d calls failed, the first with: %s", f.total.Lost, f.total.Calls, f.total.First)
		})
	}
	return []results.Row{results.Exactly(name, f.total.Lost, 0)}, err
}
