// Package results has the figures of a measurement: rows with a bound, a table of them for
// stdout, and the JSON file that is committed.
package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// Row is one figure.
type Row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Bound string  `json:"bound"` // as ">= 200"; empty if the figure is only reported
	Held  bool    `json:"held"`
}

// Count is the unit of a number of things.
const Count = "count"

// number is what a row is made of.
type number interface{ int | float64 }

// AtMost returns a row that holds if the value is at most the bound. As in all rows, the
// value is rounded first, so that the row shows what decides.
func AtMost[N number](name string, value N, unit string, most N) Row {
	rounded := round(float64(value))
	return Row{name, rounded, unit, fmt.Sprintf("<= %v", most), rounded <= float64(most)}
}

// AtLeast returns a row that holds if the value is at least the bound.
func AtLeast[N number](name string, value N, unit string, least N) Row {
	rounded := round(float64(value))
	return Row{name, rounded, unit, fmt.Sprintf(">= %v", least), rounded >= float64(least)}
}

// Exactly returns a row that holds if the number is the wanted one.
func Exactly(name string, number, wanted int) Row {
	return Row{name, float64(number), Count, fmt.Sprintf("= %d", wanted), number == wanted}
}

// Reported returns a row without a bound.
func Reported[N number](name string, value N, unit string) Row {
	return Row{Name: name, Value: round(float64(value)), Unit: unit, Held: true}
}

// round rounds to two decimals, or to four if there would be nothing left.
func round(value float64) float64 {
	if math.Abs(value) < 0.01 {
		return math.Round(value*10_000) / 10_000
	}
	return math.Round(value*100) / 100
}

// String returns the row's line of the table on stdout.
func (r Row) String() string {
	mark := "✓"
	if !r.Held {
		mark = "✗"
	}
	return fmt.Sprintf("%s %-39s %9s %-10s %s", mark, r.Name, strconv.FormatFloat(r.Value, 'f', -1, 64), r.Unit, r.Bound)
}

// Report prints the rows and writes them to the file path.
func Report(out io.Writer, path string, rows []Row) error {
	for _, r := range rows {
		if _, err := fmt.Fprintln(out, r); err != nil {
			return err
		}
	}
	return Write(path, rows)
}

// Write writes the rows to the file path, as an indented JSON array.
func Write(path string, rows []Row) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // of bounds
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(rows); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644) //nolint:gosec // the file is public
}
