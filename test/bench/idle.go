package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

const (
	idleClients = 1000
	// settling is how long goroutines may take to end.
	settling = 5 * time.Second
)

// measureIdle gives what a client costs that has done its work and is kept: it logged
// in, made a call, and its connections are closed. A process of its own keeps them.
func measureIdle(ctx context.Context, clients int) ([]row, error) {
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
	return []row{
		atMost("idle client: kB", bytes/1000, "kB", 20),
		atMost("idle client: goroutines", goroutines, "", 0),
	}, nil
}

// keep makes clients of a server and prints how many bytes of heap and stacks, and how
// many goroutines, one of them costs.
func keep(ctx context.Context, address, number string) error {
	clients, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	kept := make([]*weka.Client, clients)
	one, err := worked(ctx, address) // what the first one brings is everybody's: tables, types
	if err != nil {
		return err
	}
	defer one.Close()
	before := settled(runtime.NumGoroutine())
	for i := range kept {
		if kept[i], err = worked(ctx, address); err != nil {
			return err
		}
	}
	after := settled(before.goroutines)
	n := float64(clients)
	_, err = fmt.Println((after.bytes-before.bytes)/n, float64(after.goroutines-before.goroutines)/n)
	for _, c := range kept {
		c.Close()
	}
	return err
}

// worked is a client that logged in and made a call. The header has its connection
// closed, as it is in time without one.
func worked(ctx context.Context, address string) (*weka.Client, error) {
	c, err := weka.New(address, weka.WithPassword("admin", "admin"))
	if err != nil {
		return nil, err
	}
	if _, err = c.Filesystem.GetFileSystem(ctx, "1", nil, weka.WithHeader("Connection", "close")); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

type footprint struct {
	bytes      float64
	goroutines int
}

// settled is what the process has when garbage is gone and no more than so many
// goroutines are left, or settling is over.
func settled(goroutines int) footprint {
	look := time.NewTicker(settling / 100)
	defer look.Stop()
	for end := time.Now().Add(settling); runtime.NumGoroutine() > goroutines && time.Now().Before(end); {
		<-look.C
	}
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{float64(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()}
}
