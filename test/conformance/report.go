package main

import (
	"fmt"
	"io"
)

// The rules that an operation can break.
const (
	ruleTable       = "table"       // the generated table has each operation once, and no other
	ruleSignature   = "signature"   // the method takes and gives what the document says
	ruleTypes       = "types"       // fields stand for the members that they are named after
	ruleSample      = "sample"      // what is made from the schema fits it, and the Go types can hold it
	ruleCall        = "call"        // the call succeeds, with one request
	ruleRoute       = "route"       // method and path are the document's
	rulePath        = "path"        // path values arrive, escaped once
	ruleQuery       = "query"       // what is set arrives, and nothing else
	ruleBody        = "body"        // the same
	ruleCredentials = "credentials" // each operation gets those that it takes
	ruleDocument    = "document"    // the request is valid
	ruleResult      = "result"      // what was answered comes out
)

// fault is one rule that was broken.
type fault struct{ rule, detail string }

// failure is a fault of an operation; other counts the cases in which the same rule
// of the same operation was broken again.
type failure struct {
	operation string
	fault
	other int
}

// report is the outcome for one contract.
type report struct {
	product    string
	operations []string // of the document
	failures   []*failure
}

// add notes a fault in a case. Only the first of each operation and rule is shown:
// the others are rarely news.
func (r *report) add(operation, in string, faults ...fault) {
	for _, f := range faults {
		if in != "" {
			f.detail = in + ": " + f.detail
		}
		if before := r.find(operation, f.rule); before != nil {
			before.other++
			continue
		}
		r.failures = append(r.failures, &failure{operation: operation, fault: f})
	}
}

func (r *report) find(operation, rule string) *failure {
	for _, f := range r.failures {
		if f.operation == operation && f.rule == rule {
			return f
		}
	}
	return nil
}

// passed is how many operations broke no rule.
func (r *report) passed() int {
	failed := map[string]bool{}
	for _, f := range r.failures {
		failed[f.operation] = true
	}
	passed := 0
	for _, id := range r.operations {
		if !failed[id] {
			passed++
		}
	}
	return passed
}

func (r *report) print(out io.Writer) {
	for _, f := range r.failures {
		more := ""
		if f.other > 0 {
			more = fmt.Sprintf(" (and in %d other cases)", f.other)
		}
		_, _ = fmt.Fprintf(out, "%s: %s: %s: %s%s\n", r.product, f.operation, f.rule, f.detail, more)
	}
	_, _ = fmt.Fprintf(out, "%s: %d of %d operations\n", r.product, r.passed(), len(r.operations))
}
