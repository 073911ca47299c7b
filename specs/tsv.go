package specs

import (
	"fmt"
	"strings"
)

// readTable reads a table of tab-separated columns under exactly this header. A
// column is taken as it is: there is no quoting, and no column may hold a tab.
func readTable(text []byte, header ...string) ([][]string, error) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != strings.Join(header, "\t") {
		return nil, fmt.Errorf("the first line must be the columns %s", strings.Join(header, ", "))
	}
	var rows [][]string
	for i, line := range lines[1:] {
		row := strings.Split(line, "\t")
		if len(row) != len(header) {
			return nil, fmt.Errorf("line %d has %d columns and not %d, with a tab between each two", i+2, len(row), len(header))
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

// readRoutes reads a table with one line a route, of its method, its path and these
// columns more, of which value makes what is said of the route.
func readRoutes[V any](text []byte, value func(rest []string) V, columns ...string) (map[route]V, error) {
	rows, err := readTable(text, append([]string{"method", "path"}, columns...)...)
	if err != nil {
		return nil, err
	}
	all := map[route]V{}
	for _, row := range rows {
		at := route{row[0], row[1]}
		if _, twice := all[at]; twice {
			return nil, fmt.Errorf("%s %s has two lines", at.method, at.path)
		}
		all[at] = value(row[2:])
	}
	return all, nil
}
