package main

import (
	"fmt"
	"strconv"
)

// row is one figure of the results.
type row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Bound string  `json:"bound"` // empty if the figure is only reported
	Held  bool    `json:"held"`
}

// count is the unit of what is counted.
const count = "count"

func atLeast(name string, value, least int) row {
	return row{name, float64(value), count, fmt.Sprintf(">= %d", least), value >= least}
}

func exactly(name string, value, wanted int) row {
	return row{name, float64(value), count, fmt.Sprintf("= %d", wanted), value == wanted}
}

func atMost(name string, value float64, unit string, most float64) row {
	return row{name, value, unit, fmt.Sprintf("<= %v", most), value <= most}
}

func reported(name string, value int) row {
	return row{Name: name, Value: float64(value), Unit: count, Held: true}
}

// String is the row's line in the table on stdout.
func (r row) String() string {
	mark := "✓"
	if !r.Held {
		mark = "✗"
	}
	return fmt.Sprintf("%s %-39s %9s %-10s %s", mark, r.Name, strconv.FormatFloat(r.Value, 'f', -1, 64), r.Unit, r.Bound)
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
