package main

import (
	"fmt"
	"math"
)

// row is one figure of the results.
type row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Bound string  `json:"bound"`
	Held  bool    `json:"held"`
}

// atMost is a figure to two decimals, of which the bound decides what is shown.
func atMost(name string, value float64, unit string, most float64) row {
	value = math.Round(value*100) / 100
	return row{name, value, unit, fmt.Sprintf("<= %v", most), value <= most}
}

// atLeast is a ratio to two decimals, of which the bound decides what is shown.
func atLeast(name string, value, least float64) row {
	value = math.Round(value*100) / 100
	return row{name, value, "", fmt.Sprintf(">= %v", least), value >= least}
}

// String is the row's line in the table on stdout.
func (r row) String() string {
	mark := "✓"
	if !r.Held {
		mark = "✗"
	}
	return fmt.Sprintf("%s %-32s %9.2f %-10s %s", mark, r.Name, r.Value, r.Unit, r.Bound)
}

// reported is a figure that has no bound.
func reported(name string, value float64) row { return row{name, value, "", "reported", true} }
