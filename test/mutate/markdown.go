package main

import (
	"fmt"
	"strings"
)

const introduction = `# Mutations of the token lifecycle

Written by ` + "`go run ./test/mutate -readme`" + ` from [mutations.yaml](mutations.yaml). Do not edit.

A token lifecycle has 25 behaviours to keep, each learnt from a failure of somebody's client.
Each has tests named after its number, and here at least one change of one line that takes the
behaviour away. ` + "`make mutate`" + ` makes each change in a copy of the repository, runs the test beside
it alone, and demands that it fails. ` + "`make test`" + ` checks that every change still applies.
`

// markdown is README.md.
func (t table) markdown() string {
	var text strings.Builder
	text.WriteString(introduction)
	for _, r := range t {
		fmt.Fprintf(&text, "\n## %d. %s\n\n| test | in | change | into |\n|---|---|---|---|\n", r.Row, r.Demand)
		for _, m := range r.Mutations {
			fmt.Fprintf(&text, "| %s | %s/%s | %s | %s |\n", m.Test, m.Package, m.File, code(m.Old), code(m.New))
		}
	}
	return text.String()
}

// code quotes a piece of source for a cell of a table, where a bar would end the cell
// even inside the quotes.
func code(source string) string {
	return "`" + strings.ReplaceAll(source, "|", `\|`) + "`"
}
