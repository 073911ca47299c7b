// Command bench measures what the SDK costs, in ratios to other clients in the same run, so
// that the figures do not depend on the machine.
//
//	cd test && go run ./bench
//
// It prints a table and writes bench/results.json. A row out of its bound is marked and
// does not fail the command. README.md explains each row.
package main

import (
	"context"
	"fmt"
	"go/version"
	"os"
	"runtime"

	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

// resultsFile is relative to the module, where make runs the command.
const resultsFile = "bench/results.json"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures everything, or is one of the processes that a measurement starts.
func run(ctx context.Context, arguments []string) (err error) {
	defer must.Catch(&err)
	switch {
	case len(arguments) == 0:
		fmt.Println(runtime.Version())
		return results.Report(os.Stdout, resultsFile, measureAll(ctx))
	case arguments[0] == "serve":
		serve(ctx)
	case arguments[0] == "keep" && len(arguments) == 3:
		keep(ctx, arguments[1], arguments[2])
	default:
		must.Hold(false, "unknown argument %q: give none", arguments[0])
	}
	return nil
}

// measureAll takes the measurements one after the other. A failed one is reported on stderr
// and its rows are missing.
func measureAll(ctx context.Context) (all []results.Row) {
	for _, m := range []struct {
		measure func(context.Context, int) []results.Row
		rounds  int
	}{
		{measureCalls, listRounds},
		{measureOgen, listRounds},
		{measureIterate, 1_000_000},
		{measureToken, tokenRounds},
		{measureStack, stackRounds},
		{measureEndpoints, endpointRounds},
		{measureThroughput, throughputRounds},
		{measureWeight, weightRounds},
		{measureIdle, idleClients},
	} {
		err := must.Run(func() { all = append(all, m.measure(ctx, m.rounds)...) })
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: not measured:", err)
		}
	}
	return all
}

// byToolchain returns the bound for Go 1.26, or the one for Go 1.27 and later. Their standard
// library has encoding/json/v2, which is also what encoding/json is made of: it makes the
// hand-written and the stock client faster and every program larger.
func byToolchain(go126, go127 float64) float64 {
	if version.Compare(runtime.Version(), "go1.27") >= 0 {
		return go127
	}
	return go126
}
