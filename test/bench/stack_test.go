package main

import (
	"slices"
	"testing"
)

// A short run has the rows that are promised.
func TestStackRows(t *testing.T) {
	stack, err := measureStack(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	throughput, err := measureEndpoints(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ofOne, err := compareThroughput(t.Context(), 1, 1024)
	if err != nil {
		t.Fatal(err)
	}
	rows := slices.Concat(stack, throughput, ofOne)
	for i, name := range []string{
		"stack: us", "stack: allocations", "3 endpoints: throughput", "3 endpoints: throughput, same JSON", "3 endpoints, 1 dead: throughput",
		"throughput: 64 goroutines", "throughput: 1024 goroutines",
	} {
		if i >= len(rows) || rows[i].Name != name || rows[i].Bound == "" {
			t.Fatalf("no row %q in %v", name, rows)
		}
	}
	for _, r := range rows[1:] { // a machine that is busy can make the first one anything
		if r.Value <= 0 {
			t.Errorf("%s is %v", r.Name, r.Value)
		}
	}
}
