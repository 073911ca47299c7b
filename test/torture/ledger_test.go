package main

import (
	"testing"
	"time"
)

func TestLedgerTellsOneExpiryFromTheNext(t *testing.T) {
	const life = 4 * time.Second
	began := time.Now()
	for name, c := range map[string]struct {
		at   []time.Duration
		want perExpiry
	}{
		"none":        {nil, perExpiry{}},
		"one each":    {[]time.Duration{0, 3300 * time.Millisecond, 7 * time.Second}, perExpiry{3, 1}},
		"twice":       {[]time.Duration{0, 4 * time.Second, 4010 * time.Millisecond, 8 * time.Second}, perExpiry{3, 2}},
		"late answer": {[]time.Duration{0, time.Second}, perExpiry{2, 1}},
	} {
		l := &ledger{life: life}
		for _, after := range c.at {
			l.note(began.Add(after))
		}
		if got := l.expiries(); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestWorstExpiryIsKept(t *testing.T) {
	var all, none, missed perExpiry
	all.add(1)
	all.merge(none)
	missed.add(1)
	missed.add(0)
	all.merge(missed)
	if all != (perExpiry{expiries: 3, worst: 0}) {
		t.Errorf("got %+v", all)
	}
}
