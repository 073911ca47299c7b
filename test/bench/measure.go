package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/test/must"
)

// cost is what a call takes: nanoseconds, allocations, bytes allocated.
type cost struct{ ns, allocations, bytes float64 }

// contender makes a number of calls, one after the other, and returns the cost of one.
type contender func(ctx context.Context, calls int) cost

// inProcess measures a function of this process, in which nothing else may run.
func inProcess(call func(context.Context) error) contender {
	return func(ctx context.Context, calls int) cost {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		for range calls {
			must.Succeed(call(ctx))
		}
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		return cost{
			ns:          float64(took) / float64(calls),
			allocations: float64(after.Mallocs-before.Mallocs) / float64(calls),
			bytes:       float64(after.TotalAlloc-before.TotalAlloc) / float64(calls),
		}
	}
}

// inChild measures in a process that answers a number of calls with their cost.
func inChild(c *child) contender {
	return func(_ context.Context, calls int) (measured cost) {
		must.Get(fmt.Fprintln(c.stdin, calls))
		must.Get(fmt.Sscan(c.line(), &measured.ns, &measured.allocations, &measured.bytes))
		return measured
	}
}

// measured is what the calls of a contender take. Of allocations and bytes it has the mean,
// because a pooled buffer is sometimes lost.
type measured struct {
	times              []float64 // of each round, in nanoseconds
	allocations, bytes float64
}

// timeOver returns the time over that of another contender: the median of the rounds, in
// which both met the same load of other programs.
func (m measured) timeOver(other measured) float64 {
	ratios := make([]float64, len(m.times))
	for i := range ratios {
		ratios[i] = m.times[i] / other.times[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// compare lets the contenders take turns. The first round warms up.
func compare(ctx context.Context, rounds, calls int, all ...contender) []measured {
	costs := make([]measured, len(all))
	for round := range rounds + 1 {
		for i, contender := range all {
			runtime.GC() // the garbage of one must not cost the next
			c := contender(ctx, calls)
			if round > 0 {
				costs[i].times = append(costs[i].times, c.ns)
				costs[i].allocations += c.allocations / float64(rounds)
				costs[i].bytes += c.bytes / float64(rounds)
			}
		}
	}
	return costs
}

// work is done by a number of goroutines at the same time.
type work struct {
	goroutines int
	call       func()
	own        func() func() // if set, returns a call for each goroutine
}

// leastTimes returns the wall time of a call of each work, in nanoseconds. So many calls are
// timed together. The works take turns, so that other load on the machine meets all of them,
// and the least of the rounds counts, because other load only adds to it.
func leastTimes(rounds, calls int, all []work) []float64 {
	least := make([]float64, len(all))
	for i := range least {
		least[i] = math.Inf(1)
	}
	for range rounds {
		for i, w := range all {
			least[i] = min(least[i], w.sample(calls))
		}
	}
	return least
}

// medianRatio returns the time of one work over that of another, as the median of the
// rounds. In turn, one is measured before the other. The first round warms up.
func medianRatio(rounds, calls int, one, other work) float64 {
	var ratios []float64
	for round := range rounds + 1 {
		var first, second float64
		if round%2 == 0 {
			first, second = one.sample(calls), other.sample(calls)
		} else {
			second = other.sample(calls)
			first = one.sample(calls)
		}
		if round > 0 {
			ratios = append(ratios, first/second)
		}
	}
	return median(ratios)
}

// sample returns the wall time of a call in nanoseconds.
func (w work) sample(calls int) float64 {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for range w.goroutines {
		ready.Add(1)
		call := w.call
		if w.own != nil {
			call = w.own()
		}
		done.Go(func() {
			ready.Done()
			<-start
			for range calls / w.goroutines {
				call()
			}
		})
	}
	ready.Wait()
	began := time.Now()
	close(start)
	done.Wait()
	return float64(time.Since(began)) / float64(calls)
}

// child is a process that answers each line with a line and ends with its standard input.
type child struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
}

// startChild starts a program; "" is this one.
func startChild(ctx context.Context, program string, arguments ...string) *child {
	if program == "" {
		program = must.Get(os.Executable())
	}
	c := &child{command: exec.CommandContext(ctx, program, arguments...)} //nolint:gosec // this program, or one that it has built
	c.command.Stderr = os.Stderr
	c.stdin = must.Get(c.command.StdinPipe())
	c.stdout = bufio.NewReader(must.Get(c.command.StdoutPipe()))
	must.Succeed(c.command.Start())
	return c
}

// line returns the next line that the child prints.
func (c *child) line() string {
	text, err := c.stdout.ReadString('\n')
	must.Hold(err == nil, "%s: %w", c.command.Path, err)
	return strings.TrimSpace(text)
}

func (c *child) stop() {
	_ = c.stdin.Close()
	_ = c.command.Wait() // it has printed errors on stderr
}
