package main

import (
	"math"
	"sync"
	"time"
)

// work is something to be timed, done by a number of goroutines at once.
type work struct {
	goroutines int
	call       func()
	own        func() func() // if any, gives each goroutine a call of its own
}

// tokenCalls are timed together where a call is next to nothing: more than a millisecond of them,
// against which the start of the goroutines is small, and few enough that often
// nothing else runs on the machine meanwhile.
const tokenCalls = 32_000

// leastTimes gives for each work the time of a call in nanoseconds, by the clock on
// the wall, of which so many calls are timed together. The works take turns, so that whatever else the machine does meets all
// of them, and the least of the rounds counts: other programs only ever add to it.
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
