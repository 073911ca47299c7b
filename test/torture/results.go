package main

import (
	"fmt"
)

// row is one figure of the results.
type row struct {
	Name  string `json:"name"`
	Value int    `json:"value"`
	Unit  string `json:"unit"`
	Bound string `json:"bound"` // empty if the figure is only reported
	Held  bool   `json:"held"`
}

// count is the unit of them all.
const count = "count"

func atLeast(name string, value, least int) row {
	return row{name, value, count, fmt.Sprintf(">= %d", least), value >= least}
}

func exactly(name string, value, wanted int) row {
	return row{name, value, count, fmt.Sprintf("= %d", wanted), value == wanted}
}

func reported(name string, value int) row {
	return row{Name: name, Value: value, Unit: count, Held: true}
}

// String is the row's line in the table on stdout.
func (r row) String() string {
	mark := "✓"
	if !r.Held {
		mark = "✗"
	}
	return fmt.Sprintf("%s %-32s %9d %-10s %s", mark, r.Name, r.Value, r.Unit, r.Bound)
}

// perExpiry keeps the number of refreshes that is farthest from one an expiry.
type perExpiry struct{ expiries, worst int }

func (p *perExpiry) add(refreshes int) {
	if p.expiries == 0 || distance(refreshes) > distance(p.worst) {
		p.worst = refreshes
	}
	p.expiries++
}

func (p *perExpiry) merge(other perExpiry) {
	if other.expiries == 0 {
		return
	}
	expiries := p.expiries + other.expiries
	p.add(other.worst)
	p.expiries = expiries
}

func distance(refreshes int) int { return max(refreshes-1, 1-refreshes) }
