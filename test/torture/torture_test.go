package main

import (
	"testing"
	"time"
)

// short is what the test does: less of everything, and the same zeros.
var short = amounts{
	goroutines: 300, expiries: 6, patience: time.Minute,
	lives: 1, life: 2 * time.Second,
	processes: 3, processExpiries: 4,
	kills: 16, revocations: 10, secrets: 100,
}

func TestShortForm(t *testing.T) {
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			rows, err := p.measure(t.Context(), short)
			if err != nil {
				t.Error(err)
			}
			for _, r := range rows {
				t.Log(r)
				if !r.Held {
					t.Errorf("%s is %d, want %s", r.Name, r.Value, r.Bound)
				}
			}
		})
	}
}
