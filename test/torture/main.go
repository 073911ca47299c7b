// Command torture tests the token lifecycle and the transport under loads that no test of a
// package has: ten thousand goroutines at each of hundreds of expiries, processes that share
// a token cache, writers that are killed, sessions that are revoked while calls are under
// way, secrets in everything that can be printed, endpoints that break down and recover, and
// deadlines while they do.
//
// Everything that a simulator can see is counted there. The figures go to stdout and to
// torture/results.json; the command exits 1 if one of them is out of its bound. README.md
// explains each figure.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/hotcold-go/hotcold/test/results"
)

// limit is the longest duration of a run.
const limit = 12 * time.Minute

// resultsFile is relative to the module, where make runs the command.
const resultsFile = "torture/results.json"

// full are the amounts of the command.
var full = amounts{
	goroutines: 10_000, expiries: 200, patience: 2 * time.Minute,
	lives: 6, life: 4 * time.Second,
	processes: 8, processExpiries: 60,
	kills: 500, revocations: 200, secrets: 1000, echoes: 1000,
	chaosCalls: 20_000, flaps: 8, deadlineTime: 4 * time.Second, overshoot: 50,
	deadly: len(deadly), deaths: 3, deadTime: 3 * time.Second, deadShare: 0.02, recovery: 5,
	clients: 4, scenesAtOnce: 2, idleTimeout: time.Second,
	underWay: 1200, burst: 1000, rogueTime: 3 * time.Second,
}

// amounts are how much of everything is done, and with that the bounds of the figures.
type amounts struct {
	goroutines int           // that share one client
	expiries   int           // caused by the simulator
	patience   time.Duration // after which fewer goroutines meet an expiry
	lives      int           // of tokens that expire by themselves
	life       time.Duration // of such a token, in whole seconds

	processes       int // that share one token cache
	processExpiries int // caused by the simulator

	kills, revocations, secrets, echoes int

	chaosCalls   int           // to endpoints that break down
	flaps        int           // of each endpoint, for each fault
	deadlineTime time.Duration // of calls with short deadlines, for each fault
	overshoot    float64       // of deadlines, in milliseconds
	deadly       int           // faults that kill endpoints
	deaths       int           // of endpoints, for each fault
	deadTime     time.Duration // up to twice that
	deadShare    float64       // of the traffic that goes there
	recovery     float64       // seconds until a healed endpoint is used
	clients      int           // of a network
	scenesAtOnce int
	idleTimeout  time.Duration // of an attempt, instead of the SDK's minute
	underWay     int           // calls when a backend dies
	burst        int           // calls that get a 429
	rogueTime    time.Duration // of calls while a backend rejects tokens, and before
}

// part measures some of the rows. Its error is not a figure out of its bound, but for
// example a call that failed for a reason that is not counted.
type part struct {
	name    string
	measure func(context.Context, amounts) ([]results.Row, error)
}

var parts = []part{
	{"expiries", measureExpiries},
	{"processes", measureProcesses},
	{"clock", measureClock},
	{"kills", measureKills},
	{"revocations", measureRevocations},
	{"secrets", measureSecrets},
	{"echoes", measureEchoes},
	{"chaos", measureChaos},
	{"deadlines", measureDeadlines},
	{"dead endpoints", measureDead},
	{"outages", measureOutages},
}

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C kills the program
	os.Exit(run(ctx, os.Stdout, os.Stderr))
}

// run runs all parts and returns the exit status.
func run(ctx context.Context, out, stderr io.Writer) int {
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
			_, _ = fmt.Fprintf(stderr, "torture: %s: %v\n", p.name, err)
			status = 1
		}
	}
	if ctx.Err() != nil {
		return 1 // the results are incomplete
	}
	if err := results.Write(resultsFile, all); err != nil {
		_, _ = fmt.Fprintln(stderr, "torture:", err)
		status = 1
	}
	return status
}
