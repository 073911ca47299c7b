package specs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CheckTables proves that every line of summaries.tsv and releases.tsv speaks of a
// route that the contract has. An operation without a summary is found by Repair.
func (p *Product) CheckTables(effective Object) error {
	known := map[route]bool{}
	for _, document := range []Object{p.Contract, effective} {
		for _, o := range operations(document) {
			known[route{o.Method, o.Path}] = true
		}
	}
	for file, table := range map[string][]route{
		"summaries.tsv": slices.Collect(maps.Keys(p.summaries)),
		"releases.tsv":  slices.Collect(maps.Keys(p.releases)),
	} {
		for _, r := range table {
			if !known[r] {
				return fmt.Errorf("%s has a line for %s %s, which is no operation", file, r.method, r.path)
			}
		}
	}
	return nil
}

// argumentNames are taken inside every generated method.
var argumentNames = []string{"s", "ctx", "body", "params", "options", "result", "err"}

// checkArguments refuses a path parameter whose Go name a method needs itself.
func checkArguments(o operation) error {
	for _, parameter := range o.parameters() {
		name := text(parameter["name"])
		if text(parameter["in"]) == "path" && slices.Contains(argumentNames, strings.ToLower(GoName(name))) {
			return fmt.Errorf("%s: the path parameter %q has the name of a variable in the generated method", o.name(), name)
		}
	}
	return nil
}
