package main

import (
	"bytes"
	"encoding/json"
)

// verdict is what trying a mutation showed.
type verdict string

const (
	caught         verdict = "caught"
	survived       verdict = "SURVIVED"         // the test passes all the same, or is skipped
	doesNotApply   verdict = "does not apply"   // the file does not hold the old text exactly once
	doesNotCompile verdict = "does not compile" // so the test never saw it
	failsWithout   verdict = "fails without it" // or there is no such test: its failure says nothing
	leftBehind     verdict = "left behind"      // in its copy, for the next mutation to trip over
)

// event is a line of go test -json.
type event struct {
	Action string
	Test   string
}

// judge reads the events of a mutant's test, and the error that go test ended with.
// That the test began tells a failure from a mutant that does not compile.
func judge(output []byte, failure error, test string) verdict {
	switch _, began := states(output, "run")[test]; {
	case !began:
		return doesNotCompile
	case failure == nil:
		return survived
	default:
		return caught
	}
}

// states lists the tests that an action happened to.
func states(output []byte, action string) map[string]struct{} {
	tests := map[string]struct{}{}
	for line := range bytes.Lines(output) {
		var e event
		if json.Unmarshal(line, &e) == nil && e.Action == action && e.Test != "" {
			tests[e.Test] = struct{}{}
		}
	}
	return tests
}
