package specs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// CheckTables proves that every line of summaries.tsv and releases.tsv speaks of a
// route that the contract has, and every entry of numbers.yaml of a number in the
// effective document. An operation without a summary is found by Repair.
func (p *Product) CheckTables(effective Object) error {
	known := map[route]bool{}
	for _, document := range []Object{p.Contract, effective} {
		for _, o := range operations(document) {
			known[route{o.Method, o.Path}] = true
		}
	}
	for _, table := range []struct {
		file   string
		routes []route
	}{
		{"summaries.tsv", slices.Collect(maps.Keys(p.summaries))},
		{"releases.tsv", slices.Collect(maps.Keys(p.releases))},
	} {
		unknown := slices.DeleteFunc(table.routes, func(r route) bool { return known[r] })
		if len(unknown) > 0 {
			r := slices.MinFunc(unknown, func(a, b route) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
			return fmt.Errorf("%s has a line for %s %s, which is no operation", table.file, r.method, r.path)
		}
	}
	return p.checkNumbers(effective)
}

func (p *Product) checkNumbers(effective Object) error {
	idle := slices.Concat(p.numbers.Uint64, p.numbers.Float64)
	used := func(name string, schema Object) {
		kind := text(schema["type"])
		if kind == "number" || kind == "integer" {
			idle = slices.DeleteFunc(idle, func(n numberName) bool { return n.matches(name) })
		}
	}
	walk(effective, func(p place) {
		if p.rule == parameterRule {
			used(text(p.object["name"]), object(p.object["schema"]))
		}
		if p.rule == schemaRule {
			used(p.key, p.object)
		}
	})
	if len(idle) > 0 {
		return fmt.Errorf("numbers.yaml names %s, and no number is called that", idle[0])
	}
	return nil
}
