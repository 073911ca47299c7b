package load_test

import (
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/test/load"
)

func TestRefreshesAreCountedByExpiry(t *testing.T) {
	const life = 4 * time.Second
	began := time.Now()
	for name, c := range map[string]struct {
		at   []time.Duration
		want load.PerExpiry
	}{
		"none":          {nil, load.PerExpiry{}},
		"one each":      {[]time.Duration{0, 3300 * time.Millisecond, 7 * time.Second}, load.PerExpiry{Expiries: 3, Worst: 1}},
		"twice":         {[]time.Duration{0, 4 * time.Second, 4010 * time.Millisecond, 8 * time.Second}, load.PerExpiry{Expiries: 3, Worst: 2}},
		"late response": {[]time.Duration{0, time.Second}, load.PerExpiry{Expiries: 2, Worst: 1}},
	} {
		l := &load.Refreshes{Within: life / 8}
		for _, after := range c.at {
			l.Note(began.Add(after))
		}
		if got := l.Expiries(); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWorstExpiryIsKept(t *testing.T) {
	var all, none, missed load.PerExpiry
	all.Add(1)
	all.Merge(none)
	missed.Add(1)
	missed.Add(0)
	all.Merge(missed)
	if all != (load.PerExpiry{Expiries: 3, Worst: 0}) {
		t.Errorf("got %+v", all)
	}
}
