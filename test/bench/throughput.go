package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

const (
	throughputRounds = 21
	// throughputCalls are timed together: some hundred milliseconds of them.
	throughputCalls = 8192
)

// measureThroughput returns how many reads of one filesystem a second goroutines make
// through the SDK, over how many they make through the client that is written by hand,
// which keeps all of its connections. Both ask a server in another process.
func measureThroughput(ctx context.Context, rounds int) ([]row, error) {
	return compareThroughput(ctx, rounds, throughputCalls)
}

func compareThroughput(ctx context.Context, rounds, calls int) ([]row, error) {
	address, stop, err := startServer(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	ours, err := weka.New(address, weka.WithAccessToken(accessToken))
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	wire := &http.Transport{MaxIdleConnsPerHost: 1 << 20}
	byHand := &handWritten{client: &http.Client{Transport: wire}, address: address + apiPath, token: accessToken}
	defer wire.CloseIdleConnections()
	var rows []row
	for _, goroutines := range []int{64, 1024} {
		us := work{goroutines: goroutines, call: func() { mustRead(ours.Filesystem.GetFileSystem(ctx, "1", nil)) }}
		them := work{goroutines: goroutines, call: func() { mustRead(byHand.fileSystem(ctx, "1")) }}
		ratio := medianRatio(rounds, calls, them, us)
		rows = append(rows, atLeast(fmt.Sprintf("throughput: %d goroutines", goroutines), ratio, 0.95))
	}
	return rows, nil
}

// mustRead panics if a call failed: the server answers all of them.
func mustRead[T any](_ T, err error) {
	if err != nil {
		panic(err)
	}
}

// medianRatio returns the median over the rounds of the time that one work takes over that
// of another. They take turns at being first. The first round warms up.
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
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
