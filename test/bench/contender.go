package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"
)

// cost is what a call takes: nanoseconds, allocations, bytes allocated.
type cost struct{ ns, allocations, bytes float64 }

// contender makes a number of calls, one after the other, and says what one took.
type contender func(ctx context.Context, calls int) (cost, error)

// inProcess measures a function of this process, in which nothing else may run.
func inProcess(call func(context.Context) error) contender {
	return func(ctx context.Context, calls int) (cost, error) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		for range calls {
			if err := call(ctx); err != nil {
				return cost{}, err
			}
		}
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		return cost{
			ns:          float64(took) / float64(calls),
			allocations: float64(after.Mallocs-before.Mallocs) / float64(calls),
			bytes:       float64(after.TotalAlloc-before.TotalAlloc) / float64(calls),
		}, nil
	}
}

// inChild measures in a process that answers a number of calls with their cost.
func inChild(c *child) contender {
	return func(_ context.Context, calls int) (measured cost, err error) {
		if _, err := fmt.Fprintln(c.ask, calls); err != nil {
			return cost{}, err
		}
		text, err := c.line()
		if err != nil {
			return cost{}, err
		}
		_, err = fmt.Sscan(text, &measured.ns, &measured.allocations, &measured.bytes)
		return measured, err
	}
}

// compare has the contenders take turns. Of the time the least counts, since other
// programs only ever add to it, and of the rest the mean, since a buffer that is kept
// is sometimes lost. The first round warms up.
func compare(ctx context.Context, rounds, calls int, all ...contender) ([]cost, error) {
	costs := make([]cost, len(all))
	for i := range costs {
		costs[i].ns = math.Inf(1)
	}
	for round := range rounds + 1 {
		for i, contender := range all {
			runtime.GC() // what one leaves behind is not the next one's to clear away
			c, err := contender(ctx, calls)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				costs[i].ns = min(costs[i].ns, c.ns)
				costs[i].allocations += c.allocations / float64(rounds)
				costs[i].bytes += c.bytes / float64(rounds)
			}
		}
	}
	return costs, nil
}
