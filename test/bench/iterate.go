package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// iterateRounds are few and long. The least peak counts: where another program keeps the
// collector waiting, more garbage lies about.
const iterateRounds = 3

// tenth is what part of the long list the short one is. It is gone through as many times,
// because the collector, too, has its bad moments: who looks at ten times as many pages
// sees a higher peak of the same heap.
const tenth = 10

// measureIterate gives how much heap it takes to go through a list that comes in pages,
// over what the process has when idle. The heap is what is in use and what the garbage
// collector did not yet clear away.
func measureIterate(ctx context.Context, million int) ([]row, error) {
	address, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	client, err := weka.New(address, weka.WithAccessToken(accessToken))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	few, many := math.Inf(1), math.Inf(1)
	for range iterateRounds {
		peak, err := iteratePeak(ctx, client, million/tenth, tenth)
		if err != nil {
			return nil, err
		}
		few = min(few, peak)
		if peak, err = iteratePeak(ctx, client, million, 1); err != nil {
			return nil, err
		}
		many = min(many, peak)
	}
	return []row{
		atMost("iterate 1M: peak MB", many/1e6, "MB", 16),
		atMost("iterate 1M vs 100k: peak", many/few, "", 1.1),
	}, nil
}

// iteratePeak iterates so many times over n quotas and gives the most bytes of heap
// meanwhile, over those before.
func iteratePeak(ctx context.Context, client *weka.Client, n, times int) (float64, error) {
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	idle := heapBytes()
	watched := watchHeap()
	var err error
	for i := 0; i < times && err == nil; i++ {
		err = iterate(ctx, client, n)
	}
	return math.Max(0, watched()-idle), err
}

func iterate(ctx context.Context, client *weka.Client, n int) error {
	seen := 0
	for quota, err := range client.AllQuotas(ctx, strconv.Itoa(n), nil) {
		if err != nil {
			return err
		}
		if quota.InodeID != 1<<63+uint64(seen) { //nolint:gosec // it counts up
			return fmt.Errorf("quota %d has inode %d", seen, quota.InodeID)
		}
		seen++
	}
	if seen != n {
		return fmt.Errorf("got %d quotas of %d", seen, n)
	}
	return nil
}

// watchHeap looks at the heap until it is asked for the peak.
func watchHeap() (peak func() float64) {
	done, most := make(chan struct{}), make(chan float64)
	go func() {
		ticker := time.NewTicker(100 * time.Microsecond)
		defer ticker.Stop()
		highest := heapBytes()
		for {
			select {
			case <-ticker.C:
				highest = max(highest, heapBytes())
			case <-done:
				most <- highest
				return
			}
		}
	}()
	return func() float64 {
		close(done)
		return <-most
	}
}

func heapBytes() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64())
}
