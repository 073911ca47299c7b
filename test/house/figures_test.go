package house_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the figures of the results files into README.md")

// resultsFiles contain the figures of the README.
var resultsFiles = []string{"test/bench/results.json", "test/torture/results.json", "test/fleet/results.json"}

// measured is a row of a results file.
type measured struct {
	Name, Unit, Bound string
	Value             float64
	Held              bool
}

// line returns the row as in the tables of the README.
func (m measured) line() string {
	value, unit := strconv.FormatFloat(m.Value, 'f', -1, 64), m.Unit
	if unit == "count" || unit == "share" {
		unit = ""
	}
	held := "held"
	switch {
	case !m.Held:
		held = "**not met**"
	case !strings.ContainsAny(m.Bound, "<>="):
		held = ""
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", m.Name, strings.TrimSpace(value+" "+unit), m.Bound, held)
}

func readResults(t *testing.T, name string) []measured {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []measured
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// The head and the lines of the table of a results file.
var (
	tableHead = "| figure of `%s` | measured | bound | |\n|---|---|---|---|\n"
	tableLine = regexp.MustCompile(`(?m)\A(?:\|.*\n)+`)
)

// table returns the table that the README should have: the rows that it shows, and all that
// do not hold.
func table(t *testing.T, shown string, rows []measured) string {
	t.Helper()
	var names []string
	for line := range strings.Lines(shown) {
		name, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		names = append(names, name)
		if !slices.ContainsFunc(rows, func(m measured) bool { return m.Name == name }) {
			t.Errorf("the README has a figure that is in no results file: %s", name)
		}
	}
	var want strings.Builder
	for _, m := range rows {
		if !m.Held || slices.Contains(names, m.Name) {
			want.WriteString(m.line() + "\n")
		}
	}
	return want.String()
}

// The figures of the README are those of the results files, and include every figure that
// is out of its bound.
func TestReadmeFiguresAreThoseOfTheResults(t *testing.T) {
	text := readme(t)
	for _, name := range resultsFiles {
		head := fmt.Sprintf(tableHead, name)
		_, rest, found := strings.Cut(text, head)
		shown := tableLine.FindString(rest)
		if !found || strings.Count(shown, "\n") < 3 {
			t.Errorf("the README has no table of %s", name)
			continue
		}
		want := table(t, shown, readResults(t, name))
		switch {
		case shown == want:
		case *update:
			text = strings.Replace(text, head+shown, head+want, 1)
		default:
			t.Errorf("the README's figures are not those of %s: cd test && go test ./house -run Figures -update\ngot\n%swant\n%s", name, shown, want)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(filepath.Join(root, "README.md"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
