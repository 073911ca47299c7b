package repair

import (
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Unneeded lists the repairs without which the effective document of a contract is the same,
// for a test that each repair is needed. A general step may be needed only for another
// product.
//
// Each repair is first left out of a contract of a few of its paths, which is a hundred times
// faster. An operation does not depend on unrelated ones, so a difference there is one in the
// whole document; without a difference the whole document is made.
func (rules *Rules) Unneeded(contract document.Object) ([]Repair, error) {
	whole, err := rules.plan(contract, rules.Merged)
	if err != nil {
		return nil, err
	}
	complete, err := rules.repair(whole, none)
	if err != nil {
		return nil, err
	}
	users := usersOfComponents(contract)
	repairs := rules.Repairs()
	same := make([]bool, len(repairs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				same[i] = !rules.neededAtItsPaths(whole, i, users) && rules.isUnneeded(whole, complete, i)
			}
		})
	}
	for i := range repairs {
		next <- i
	}
	close(next)
	workers.Wait()
	var unneeded []Repair
	for i, repair := range repairs {
		if same[i] {
			unneeded = append(unneeded, repair)
		}
	}
	return unneeded, nil
}

func (rules *Rules) isUnneeded(planned *plan, complete document.Object, skip int) bool {
	without, err := rules.repair(planned, skip)
	return err == nil && reflect.DeepEqual(without, complete)
}

// neededAtItsPaths reports whether an action of the overlay makes a difference in a contract
// of a few of the paths where it acts, or that use the components where it acts. False means
// that it is not known.
func (rules *Rules) neededAtItsPaths(whole *plan, i int, users map[string]string) bool {
	const most = 3
	if i >= len(whole.actions) {
		return false
	}
	paths := map[string]bool{}
	for _, place := range whole.actions[i].places {
		path := ""
		switch {
		case place.inPaths():
			path = place[1]
		case len(place) > 2:
			path = users[place[1]+"/"+place[2]]
		}
		if path != "" && len(paths) < most {
			paths[path] = true
		}
	}
	if len(paths) == 0 {
		return false
	}
	rules.addSuccessors(paths)
	part, skip := whole.only(paths, i)
	complete, err := rules.repair(part, none)
	return err == nil && !rules.isUnneeded(part, complete, skip)
}

// usersOfComponents maps each component ("schemas/alert") to a path that uses it.
func usersOfComponents(contract document.Object) map[string]string {
	users := map[string]string{}
	paths := contract.Object("paths")
	for _, path := range paths.Keys() {
		var follow func(user any)
		follow = func(user any) {
			for _, reference := range document.References(user) {
				name := strings.TrimPrefix(reference, "#/components/")
				if value, ok := document.LookUp(contract, reference); ok && users[name] == "" {
					users[name] = path
					follow(value)
				}
			}
		}
		follow(paths[path])
	}
	return users
}

// addSuccessors adds the paths that deprecated operations at the paths refer to.
func (rules *Rules) addSuccessors(paths map[string]bool) {
	for before := 0; before != len(paths); {
		before = len(paths)
		for at, s := range rules.Summaries {
			if _, path, ok := strings.Cut(s.Successor, " "); ok && paths[at.Path] {
				paths[path] = true
			}
		}
	}
}

func (l location) inPaths() bool { return len(l) > 1 && l[0] == "paths" }

// only returns the plan for a contract of some of its paths, and the index of an action in it.
func (p *plan) only(paths map[string]bool, action int) (part *plan, index int) {
	doc := maps.Clone(p.document)
	kept := document.Object{}
	for path, item := range p.document.Object("paths") {
		if paths[path] {
			kept[path] = item
		}
	}
	doc["paths"] = kept
	part = &plan{document: doc}
	for i, a := range p.actions {
		a.places = slices.DeleteFunc(slices.Clone(a.places), func(l location) bool { return l.inPaths() && !paths[l[1]] })
		if i == action {
			index = len(part.actions)
		}
		if len(a.places) > 0 || i == action {
			part.actions = append(part.actions, a)
		}
	}
	return part, index
}
