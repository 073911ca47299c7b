// Command conformance proves every operation of the APIs: it calls each generated
// method over a real TLS connection, checks what arrives against the effective
// document, and checks that what the document lets a server answer comes back
// unchanged.
//
//	go run ./test/conformance
//
// It prints each failure with its operation and the rule that was broken, then one
// line for each API, as "weka: 410 of 410 operations", and ends with status 1 if
// one failed.
//
// A method is found by reflection, and its arguments are made from the schema, so
// nothing here knows any operation by name. Requests are sent with every optional
// part and with none (see requestCases); answers come in the shapes of
// answerCases. How a result is compared with the answer is written at difference.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
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
