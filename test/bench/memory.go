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
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	// iterateRounds are few and long. The least peak counts: where another program delays
	// the garbage collector, there is more garbage.
	iterateRounds = 3
	// shortPart is the length of the short list as a part of the long one. It is read as
	// many times, so that both peaks are the highest of as many pages.
	shortPart = 10
)

// measureIterate returns the peak heap while a list is read page by page, over the idle
// heap. The heap is what is in use and what the garbage collector has not freed yet.
func measureIterate(ctx context.Context, million int) []results.Row {
	c := startClients(ctx, 0)
	defer c.close()
	short, long := math.Inf(1), math.Inf(1)
	for range iterateRounds {
		short = min(short, iteratePeak(ctx, c.ours, million/shortPart, shortPart))
		long = min(long, iteratePeak(ctx, c.ours, million, 1))
	}
	return []results.Row{
		results.AtMost("iterate 1M: peak MB", long/1e6, "MB", byToolchain(16, 18)),
		results.AtMost("iterate 1M vs 100k: peak", long/short, "", 1.1),
	}
}

// iteratePeak reads n quotas so many times and returns the peak heap in bytes, over the heap
// before.
func iteratePeak(ctx context.Context, client *weka.Client, n, times int) float64 {
	runtime.GC()
	runtime.GC() // frees what pools kept in the first one
	idle := heapBytes()
	peak := watchHeap()
	for range times {
		iterate(ctx, client, n)
	}
	return math.Max(0, peak()-idle)
}

func iterate(ctx context.Context, client *weka.Client, n int) {
	seen := 0
	for quota, err := range client.AllQuotas(ctx, strconv.Itoa(n), nil) {
		must.Succeed(err)
		must.Hold(quota.InodeID == 1<<63+uint64(seen), "quota %d has inode %d", seen, quota.InodeID) //nolint:gosec // seen is not negative
		seen++
	}
	must.Hold(seen == n, "got %d quotas of %d", seen, n)
}

// watchHeap samples the heap until peak is called.
func watchHeap() (peak func() float64) {
	done, highest := make(chan struct{}), make(chan float64)
	go func() {
		ticker := time.NewTicker(100 * time.Microsecond)
		defer ticker.Stop()
		most := heapBytes()
		for {
			select {
			case <-ticker.C:
				most = max(most, heapBytes())
			case <-done:
				highest <- most
				return
			}
		}
	}()
	return func() float64 {
		close(done)
		return <-highest
	}
}

func heapBytes() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64())
}

const (
	idleClients = 1000
	// settleTime is how long goroutines may take to end.
	settleTime = 5 * time.Second
)

// measureIdle returns the memory and goroutines of a client that logged in, made a call, and
// whose connections are closed. A process of its own keeps the clients.
func measureIdle(ctx context.Context, clients int) []results.Row {
	address, stop := startServer(ctx)
	defer stop()
	keeper := startChild(ctx, "", "keep", address, strconv.Itoa(clients))
	defer keeper.stop()
	var bytes, goroutines float64
	must.Get(fmt.Sscan(keeper.line(), &bytes, &goroutines))
	return []results.Row{
		results.AtMost("idle client: kB", bytes/1000, "kB", 20),
		results.AtMost("idle client: goroutines", goroutines, "", 0),
	}
}

// keep makes clients of a server and prints the bytes of heap and stacks and the number of
// goroutines of one of them.
func keep(ctx context.Context, address, number string) {
	clients := must.Get(strconv.Atoi(number))
	kept := make([]*weka.Client, clients)
	first := usedClient(ctx, address) // makes what all clients share: tables, types
	defer first.Close()
	before := settle(runtime.NumGoroutine())
	for i := range kept {
		kept[i] = usedClient(ctx, address)
	}
	after := settle(before.goroutines)
	n := float64(clients)
	must.Get(fmt.Println((after.bytes-before.bytes)/n, float64(after.goroutines-before.goroutines)/n))
	for _, c := range kept {
		c.Close()
	}
}

// usedClient returns a client that logged in and made a call. The header closes its
// connection, as the idle timeout would.
func usedClient(ctx context.Context, address string) *weka.Client {
	c := must.Get(weka.New(address, weka.WithPassword("admin", "admin")))
	must.Get(c.FileSystems.Get(ctx, "1", nil, weka.WithHeader("Connection", "close")))
	return c
}

// footprint is the memory and the goroutines of the process.
type footprint struct {
	bytes      float64
	goroutines int
}

// settle returns the footprint when no more than so many goroutines are left, or settleTime
// is over, and the garbage is freed.
func settle(goroutines int) footprint {
	ticker := time.NewTicker(settleTime / 100)
	defer ticker.Stop()
	for end := time.Now().Add(settleTime); runtime.NumGoroutine() > goroutines && time.Now().Before(end); {
		<-ticker.C
	}
	runtime.GC()
	runtime.GC() // frees what pools kept in the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{float64(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()}
}
