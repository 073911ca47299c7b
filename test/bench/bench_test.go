package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/hotcold-go/hotcold/test/results"
)

// TestMain lets the test binary be the processes that a measurement starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{"serve", "keep"}, os.Args[1]) {
		if err := run(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// wantRows checks that a short measurement returns the rows with these names.
func wantRows(t *testing.T, rows []results.Row, names ...string) {
	t.Helper()
	var got []string
	for _, r := range rows {
		got = append(got, r.Name)
	}
	if !slices.Equal(got, names) {
		t.Fatalf("got %q, want %q", got, names)
	}
}

// wantPositive checks rows that no load on the machine can make 0.
func wantPositive(t *testing.T, rows []results.Row) {
	t.Helper()
	for _, r := range rows {
		if r.Value <= 0 {
			t.Errorf("%s is %v", r.Name, r.Value)
		}
	}
}

func TestCallRows(t *testing.T) {
	c := startClients(t.Context(), 0)
	defer c.close()
	got, err := c.ours.FileSystems.List(t.Context(), nil)
	if err := complete(len(got), err); err != nil {
		t.Fatal(err)
	}
	want, err := c.byHand.fileSystems(t.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("the hand-written client gets another list: %v", err)
	}
	if got[0].ObsBuckets[0].State != "ACTIVE" || got[1].TotalBudget != 1<<40 {
		t.Errorf("got %+v", got[:2])
	}
	rows := c.compareOne(t.Context(), 1)
	wantRows(t, rows, "call 1: time", "call 1: allocations")
	wantPositive(t, rows)
}

func TestIterateRows(t *testing.T) {
	rows := measureIterate(t.Context(), 2*quotasInPage+1)
	wantRows(t, rows, "iterate 1M: peak MB", "iterate 1M vs 100k: peak")
}

func TestIdleRows(t *testing.T) {
	rows := measureIdle(t.Context(), 5)
	wantRows(t, rows, "idle client: kB", "idle client: goroutines")
	if goroutines := rows[1]; goroutines.Value != 0 || !goroutines.Held {
		t.Errorf("got %+v", goroutines)
	}
}

func TestTokenRows(t *testing.T) {
	rows := measureToken(t.Context(), 3)
	wantRows(t, rows, "token: ns", "token: allocations", "token: 64 goroutines vs 1")
	if allocations := rows[1]; allocations.Value != 0 || !allocations.Held {
		t.Errorf("got %+v, want no allocation", allocations)
	}
	wantPositive(t, []results.Row{rows[0], rows[2]})
}

func TestStackRows(t *testing.T) {
	rows := measureStack(t.Context(), 2)
	wantRows(t, rows, "stack: us", "stack: allocations")
	wantPositive(t, rows[1:]) // other load can make the first one anything
}

func TestEndpointRows(t *testing.T) {
	rows := measureEndpoints(t.Context(), 1)
	wantRows(t, rows, "3 endpoints: throughput", "3 endpoints: throughput, same JSON", "3 endpoints, 1 dead: throughput")
	wantPositive(t, rows)
}

func TestThroughputRows(t *testing.T) {
	rows := compareThroughput(t.Context(), 1, 1024)
	wantRows(t, rows, "throughput: 64 goroutines", "throughput: 1024 goroutines")
	wantPositive(t, rows)
}

func TestCompareTakesTheMedianOfTheRounds(t *testing.T) {
	of := func(times ...float64) contender {
		next := 0
		return func(context.Context, int) cost {
			next++
			return cost{ns: times[next-1], allocations: float64(next), bytes: 6}
		}
	}
	// The first round warms up. In the second, other load slows both down.
	costs := compare(t.Context(), 3, 1, of(1, 900, 5, 6), of(9, 300, 1, 2))
	if got := costs[0].timeOver(costs[1]); got != 3 || costs[0].allocations != 3 || costs[0].bytes != 6 {
		t.Errorf("got %v and %+v", got, costs[0])
	}
}

func TestDocumentOfOgen(t *testing.T) {
	const text = `{"x-a":{"b":1},"components":{"schemas":{"S":{"properties":{"m":{"x-d":2,"type":"string"}},"required":[{"x-e":1}]}}}}`
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	d.dropExtensions()
	d.allowNull("S", "m")
	const want = `{"components":{"schemas":{"S":{"properties":{"m":{"nullable":true,"type":"string"}},"required":[{}]}}}}`
	if got, err := json.Marshal(d); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}
