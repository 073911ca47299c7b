package redisstore

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestShortestRoundTripCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock
		for _, step := range []struct {
			name              string
			least, most, want time.Duration
			after             time.Duration
		}{
			{name: "the first, through a new connection", least: 0, most: 100, want: 50},
			{name: "a shorter one", least: 78, most: 82, want: 80},
			{name: "a longer one", least: 70, most: 170, want: 80},
			{name: "the clock was set", least: 1000, most: 1100, want: 1050},
			{name: "and back", least: -100, most: 100, want: 0},
			{name: "a shorter one again", least: 60, most: 64, want: 62},
			{name: "it is old", least: 50, most: 150, want: 100, after: time.Hour},
		} {
			time.Sleep(step.after)
			if got := c.measure(step.least*time.Millisecond, step.most*time.Millisecond); got != step.want*time.Millisecond {
				t.Errorf("%s: got %v, want %dms", step.name, got, step.want)
			}
		}
	})
}
