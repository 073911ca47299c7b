// Package results writes the figures of a measurement to the file that is committed
// with it: a JSON array of rows with the same members everywhere.
package results

import (
	"bytes"
	"encoding/json"
	"os"
)

// Write replaces the file path by the rows, indented, with bounds such as ">= 200"
// as people read them.
func Write[Row any](path string, rows []Row) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(rows); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644) //nolint:gosec // figures for everybody
}
