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

// limit is how long everything may take.
const limit = 12 * time.Minute

// resultsFile is relative to the module, from which make runs the command.
const resultsFile = "torture/results.json"

// full is what the command does.
var full = amounts{
	goroutines: 10_000, expiries: 200, patience: 2 * time.Minute,
	lives: 6, life: 4 * time.Second,
	processes: 8, processExpiries: 60,
	kills: 500, revocations: 200, secrets: 1000,
	chaosCalls: 20_000, flaps: 8, deadlineTime: 4 * time.Second, overshoot: 50,
	deadly: len(deadly), deaths: 3, deadTime: 3 * time.Second, deadShare: 0.02,
	clients: 4, scenesAtOnce: 2, silence: time.Second,
}

// amounts are how much of everything is done, and so the bounds of the figures.
type amounts struct {
	goroutines int           // that share one client
	expiries   int           // brought about by the simulator
	patience   time.Duration // after which fewer goroutines meet an expiry
	lives      int           // of tokens, that end by themselves
	life       time.Duration // of those tokens, in whole seconds

	processes       int // that share one token cache
	processExpiries int // brought about by the simulator

	kills, revocations, secrets int

	chaosCalls   int           // over endpoints that break down
	flaps        int           // of each endpoint, in each way
	deadlineTime time.Duration // for calls with short deadlines, in each way
	overshoot    float64       // of deadlines, in milliseconds
	deadly       int           // ways in which endpoints die
	deaths       int           // of endpoints, in each way
	deadTime     time.Duration // for which they are dead, or up to twice that
	deadShare    float64       // of the traffic that goes there
	clients      int           // that share a network
	scenesAtOnce int
	silence      time.Duration // of an attempt, in place of the minute of the SDK
}

// part measures some of the rows. An error is something other than a figure out of
// bounds, such as a call that failed for another reason than the one counted.
type part struct {
	name    string
	measure func(context.Context, amounts) ([]row, error)
}

var parts = []part{
	{"expiries", measureExpiries},
	{"processes", measureProcesses},
	{"kills", measureKills},
	{"revocations", measureRevocations},
	{"secrets", measureSecrets},
	{"chaos", measureChaos},
	{"deadlines", measureDeadlines},
	{"dead endpoints", measureDead},
}

func main() {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Stdout, os.Stderr))
}

// run is the program; it returns the exit status.
func run(ctx context.Context, out, complaints io.Writer) int {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var all []row
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
			_, _ = fmt.Fprintf(complaints, "torture: %s: %v\n", p.name, err)
			status = 1
		}
	}
	if ctx.Err() != nil {
		return 1 // half a run is no result
	}
	if err := results.Write(resultsFile, all); err != nil {
		_, _ = fmt.Fprintln(complaints, "torture:", err)
		status = 1
	}
	return status
}
