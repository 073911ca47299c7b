// Command conformance proves every operation of the APIs: it calls each generated method
// over a real TLS connection, validates the request against the effective document, and
// checks that the result is what the server sent, for every kind of response.
//
//	go run ./test/conformance
//
// It prints each failure with its operation and the broken rule, then one line for each
// API, such as "weka: 410 of 410 operations", and exits 1 if one failed.
//
// It finds methods by reflection and makes their arguments from the schemas, without the
// name of any operation. requestCases lists the requests, responseCases the responses, and
// difference compares a result with a response.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

func main() {
	os.Exit(run(context.Background(), os.Stdout))
}

// run proves all contracts and returns the exit status.
func run(ctx context.Context, out io.Writer) int {
	status := 0
	for _, c := range contracts {
		r, err := prove(ctx, c)
		if err != nil {
			_, _ = fmt.Fprintf(out, "%s: %v\n", c.name, err)
			status = 1
			continue
		}
		r.print(out)
		if len(r.failures) > 0 {
			status = 1
		}
	}
	return status
}

// contract is one API to prove: its document and its client.
type contract struct {
	name string // the product, as in the package specs
	// document loads the effective document, once.
	document func() (*document, error)
	// table is the generated table of operations. account reports duplicates in it.
	table []*api.Operation
	// connect makes a client that sends accessToken to the server at that URL.
	connect func(url string, transport http.RoundTripper) (client, error)
	// basicAuth is the call option for operations that take a user and a password instead
	// of a token; nil for none.
	basicAuth func(user, password string) api.CallOption
}

// client is a pointer to a struct with a field for each service.
type client interface{ Close() }

// The credentials that the server must receive.
const (
	accessToken   = "conformance"
	basicUser     = "user"
	basicPassword = `pass:wörd "1"` //nolint:gosec // of no account
)

var contracts = []contract{{
	name:     "weka",
	document: sync.OnceValues(func() (*document, error) { return load("weka") }),
	table:    wekaapi.Operations(),
	connect: func(url string, transport http.RoundTripper) (client, error) {
		return weka.New(url, weka.WithAccessToken(accessToken), weka.WithTransport(transport), weka.WithStrictResponses())
	},
	basicAuth: weka.WithBasicAuth,
}, {
	name:     "ngenea",
	document: sync.OnceValues(func() (*document, error) { return load("ngenea") }),
	table:    ngeneaapi.Operations(),
	connect: func(url string, transport http.RoundTripper) (client, error) {
		return ngenea.New(url, ngenea.WithAccessToken(accessToken), ngenea.WithTransport(transport), ngenea.WithStrictResponses())
	},
}}

// The rules.
const (
	ruleTable       = "table"       // the generated table has each operation once, and no other
	ruleSignature   = "signature"   // the parameters and results of the method are the document's
	ruleTypes       = "types"       // fields have the types and the names of their members
	ruleSample      = "sample"      // samples fit their schemas and the Go types
	ruleCall        = "call"        // the call succeeds, with one request
	ruleRoute       = "route"       // method and path are the document's
	rulePath        = "path"        // path values arrive, escaped once
	ruleQuery       = "query"       // exactly what is set arrives
	ruleBody        = "body"        // exactly what is set arrives
	ruleCredentials = "credentials" // the request has those of the operation
	ruleDocument    = "document"    // the request is valid
	ruleResult      = "result"      // the result is what the server sent
)

// violation is one broken rule.
type violation struct{ rule, detail string }

// failure is a violation of an operation; other counts the further cases in which the
// operation broke the same rule.
type failure struct {
	operation string
	violation
	other int
}

// report is the outcome for one contract.
type report struct {
	product    string
	operations []string // of the document
	failures   []*failure
}

// add adds the violations of a case. It keeps the first of each operation and rule.
func (r *report) add(operation, in string, violations ...violation) {
	for _, v := range violations {
		if before := r.find(operation, v.rule); before != nil {
			before.other++
			continue
		}
		if in != "" {
			v.detail = in + ": " + v.detail
		}
		r.failures = append(r.failures, &failure{operation: operation, violation: v})
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

// print prints the failures, and how many operations broke no rule.
func (r *report) print(out io.Writer) {
	failed := map[string]bool{}
	for _, f := range r.failures {
		failed[f.operation] = true
		more := ""
		if f.other > 0 {
			more = fmt.Sprintf(" (and in %d other cases)", f.other)
		}
		_, _ = fmt.Fprintf(out, "%s: %s: %s: %s%s\n", r.product, f.operation, f.rule, f.detail, more)
	}
	passed := len(slices.DeleteFunc(slices.Clone(r.operations), func(id string) bool { return failed[id] }))
	_, _ = fmt.Fprintf(out, "%s: %d of %d operations\n", r.product, passed, len(r.operations))
}
