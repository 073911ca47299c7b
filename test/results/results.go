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

// AtMost returns a row that holds if the value is at most the bound. As in all rows, the
// value is rounded to two decimals first, so that the row shows what decides.
func AtMost(name string, value float64, unit string, most float64) Row {
	value = round(value)
	return Row{name, value, unit, fmt.Sprintf("<= %v", most), value <= most}
}

// AtLeast returns a row that holds if the value is at least the bound.
func AtLeast(name string, value float64, unit string, least float64) Row {
	value = round(value)
	return Row{name, value, unit, fmt.Sprintf(">= %v", least), value >= least}
}

// Exactly returns a row that holds if the number is the wanted one.
func Exactly(name string, number, wanted int) Row {
	return Row{name, float64(number), Count, fmt.Sprintf("= %d", wanted), number == wanted}
}

// Reported returns a row without a bound.
func Reported(name string, value float64, unit string) Row {
	return Row{Name: name, Value: round(value), Unit: unit, Held: true}
}

func round(value float64) float64 { return math.Round(value*100) / 100 }

// String returns the row's line of the table on stdout.
func (r Row) String() string {
	mark := "✓"
	if !r.Held {
		mark = "✗"
	}
	return fmt.Sprintf("%s %-39s %9s %-10s %s", mark, r.Name, strconv.FormatFloat(r.Value, 'f', -1, 64), r.Unit, r.Bound)
}

// Report prints the rows and writes them to the file path, as an indented JSON array.
func Report(out io.Writer, path string, rows []Row) error {
	for _, r := range rows {
		if _, err := fmt.Fprintln(out, r); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // of bounds
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(rows); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644) //nolint:gosec // the file is public
}
