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
func measureIterate(ctx context.Context, million int) ([]results.Row, error) {
	c, err := startClients(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer c.close()
	short, long := math.Inf(1), math.Inf(1)
	for range iterateRounds {
		peak, err := iteratePeak(ctx, c.ours, million/shortPart, shortPart)
		if err != nil {
			return nil, err
		}
		short = min(short, peak)
		if peak, err = iteratePeak(ctx, c.ours, million, 1); err != nil {
			return nil, err
		}
		long = min(long, peak)
	}
	return []results.Row{
		results.AtMost("iterate 1M: peak MB", long/1e6, "MB", byToolchain(16, 18)),
		results.AtMost("iterate 1M vs 100k: peak", long/short, "", 1.1),
	}, nil
}

// iteratePeak reads n quotas so many times and returns the peak heap in bytes, over the heap
// before.
func iteratePeak(ctx context.Context, client *weka.Client, n, times int) (float64, error) {
	runtime.GC()
	runtime.GC() // frees what pools kept in the first one
	idle := heapBytes()
	peak := watchHeap()
	var err error
	for i := 0; i < times && err == nil; i++ {
		err = iterate(ctx, client, n)
	}
	return math.Max(0, peak()-idle), err
}

func iterate(ctx context.Context, client *weka.Client, n int) error {
	seen := 0
	for quota, err := range client.AllQuotas(ctx, strconv.Itoa(n), nil) {
		if err != nil {
			return err
		}
		if quota.InodeID != 1<<63+uint64(seen) { //nolint:gosec // seen is not negative
			return fmt.Errorf("quota %d has inode %d", seen, quota.InodeID)
		}
		seen++
	}
	if seen != n {
		return fmt.Errorf("got %d quotas of %d", seen, n)
	}
	return nil
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
func measureIdle(ctx context.Context, clients int) ([]results.Row, error) {
	address, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	keeper, err := startChild(ctx, "", "keep", address, strconv.Itoa(clients))
	if err != nil {
		return nil, err
	}
	defer keeper.stop()
	text, err := keeper.line()
	if err != nil {
		return nil, err
	}
	var bytes, goroutines float64
	if _, err := fmt.Sscan(text, &bytes, &goroutines); err != nil {
		return nil, err
	}
	return []results.Row{
		results.AtMost("idle client: kB", bytes/1000, "kB", 20),
		results.AtMost("idle client: goroutines", goroutines, "", 0),
	}, nil
}

// keep makes clients of a server and prints the bytes of heap and stacks and the number of
// goroutines of one of them.
func keep(ctx context.Context, address, number string) error {
	clients, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	kept := make([]*weka.Client, clients)
	first, err := usedClient(ctx, address) // makes what all clients share: tables, types
	if err != nil {
		return err
	}
	defer first.Close()
	before := settle(runtime.NumGoroutine())
	for i := range kept {
		if kept[i], err = usedClient(ctx, address); err != nil {
			return err
		}
	}
	after := settle(before.goroutines)
	n := float64(clients)
	_, err = fmt.Println((after.bytes-before.bytes)/n, float64(after.goroutines-before.goroutines)/n)
	for _, c := range kept {
		c.Close()
	}
	return err
}

// usedClient returns a client that logged in and made a call. The header closes its
// connection, as the idle timeout would.
func usedClient(ctx context.Context, address string) (*weka.Client, error) {
	c, err := weka.New(address, weka.WithPassword("admin", "admin"))
	if err != nil {
		return nil, err
	}
	if _, err = c.FileSystems.Get(ctx, "1", nil, weka.WithHeader("Connection", "close")); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
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
