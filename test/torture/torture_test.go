package main

import (
	"sync"
	"testing"
	"time"
)

// short is what the test does: less of everything, and the same zeros.
var short = amounts{
	goroutines: 200, expiries: 6, patience: time.Minute,
	lives: 2, life: 2 * time.Second,
	processes: 3, processExpiries: 4,
	kills: 10, revocations: 6, secrets: 100,
	chaosCalls: 1000, flaps: 1, deadlineTime: 500 * time.Millisecond,
	overshoot: 1000, deadShare: 0.2, // other tests run meanwhile
	deadly: 2, deaths: 1, deadTime: 1500 * time.Millisecond,
	clients: 1, scenesAtOnce: 2, silence: 3 * time.Second,
}

// The parts wait more than they work, so all of them run at once.
func TestShortForm(t *testing.T) {
	rows, failed := make([][]row, len(parts)), make([]error, len(parts))
	var all sync.WaitGroup
	for i, p := range parts {
		all.Go(func() { rows[i], failed[i] = p.measure(t.Context(), short) })
	}
	all.Wait()
	for i, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			if failed[i] != nil {
				t.Error(failed[i])
			}
			for _, r := range rows[i] {
				t.Log(r)
				if !r.Held {
					t.Errorf("%s is %v, want %s", r.Name, r.Value, r.Bound)
				}
			}
		})
	}
}
