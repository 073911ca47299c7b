package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// readTable reads a table of tab-separated columns with this header. There is no quoting: a
// column cannot contain a tab.
func readTable(text []byte, header ...string) ([][]string, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != strings.Join(header, "\t") {
		return nil, fmt.Errorf("the first line must be the columns %s", strings.Join(header, ", "))
	}
	var rows [][]string
	for i, line := range lines[1:] {
		row := strings.Split(line, "\t")
		if len(row) != len(header) {
			return nil, fmt.Errorf("line %d has %d columns instead of %d, separated by tabs", i+2, len(row), len(header))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func writeTable(rows [][]string) []byte {
	var out strings.Builder
	for _, row := range rows {
		out.WriteString(strings.Join(row, "\t"))
		out.WriteByte('\n')
	}
	return []byte(out.String())
}

// readRoutes reads a table with a line for each route: its method, its path and more
// columns, of which value makes the value of the route.
func readRoutes[V any](text []byte, value func(rest []string) V, columns ...string) (map[document.Route]V, error) {
	rows, err := readTable(text, append([]string{"method", "path"}, columns...)...)
	if err != nil {
		return nil, err
	}
	all := map[document.Route]V{}
	for _, row := range rows {
		at := document.Route{Method: row[0], Path: row[1]}
		if _, twice := all[at]; twice {
			return nil, fmt.Errorf("%s has two lines", at)
		}
		all[at] = value(row[2:])
	}
	return all, nil
}

// CheckTables returns an error if a line of summaries.tsv or releases.tsv has a route that
// is not in the contract, an entry of numbers.yaml a number that is not in the effective
// document, or an entry of names.yaml no effect. An operation without a summary is an error
// of [repair.Rules.Apply].
func CheckTables(rules *repair.Rules, contract, effective document.Object) error {
	known := map[document.Route]bool{}
	for _, doc := range []document.Object{contract, effective} {
		for _, o := range document.Operations(doc) {
			known[o.Route()] = true
		}
	}
	for _, table := range []struct {
		file   string
		routes []document.Route
	}{
		{"summaries.tsv", slices.Collect(maps.Keys(rules.Summaries))},
		{"releases.tsv", slices.Collect(maps.Keys(rules.Releases))},
	} {
		unknown := slices.DeleteFunc(table.routes, func(r document.Route) bool { return known[r] })
		if len(unknown) > 0 {
			r := slices.MinFunc(unknown, func(a, b document.Route) int {
				return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
			})
			return fmt.Errorf("%s has a line for %s, which is no operation", table.file, r)
		}
	}
	return errors.Join(rules.CheckNumbers(effective), rules.CheckNames(effective))
}

// ReadSummaries reads summaries.tsv.
func ReadSummaries(text []byte) (map[document.Route]repair.Summary, error) {
	return readRoutes(text, func(rest []string) repair.Summary { return repair.Summary{Text: rest[0], Successor: rest[1]} }, "summary", "successor")
}

// ReadReleases reads releases.tsv.
func ReadReleases(text []byte) (map[document.Route]string, error) {
	return readRoutes(text, func(rest []string) string { return rest[0] }, "since")
}
