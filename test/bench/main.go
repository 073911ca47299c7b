// Command bench measures what the SDK costs beside what it is compared with, in one
// run on one machine, so that the figures are ratios and differences and not the
// machine's.
//
//	cd test && go run ./bench
//
// It prints a table and writes bench/results.json. A row out of its bound is
// reported as that and fails nothing. README.md explains each row.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/hotcold-go/hotcold/test/results"
)

// resultsFile is relative to the module, from which make runs the command.
const resultsFile = "bench/results.json"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures everything, or is one of the processes that the measuring starts.
func run(ctx context.Context, arguments []string) error {
	switch {
	case len(arguments) == 0:
		return report(os.Stdout, resultsFile, measureAll(ctx))
	case arguments[0] == "serve":
		return serve(ctx)
	case arguments[0] == "keep" && len(arguments) == 3:
		return keep(ctx, arguments[1], arguments[2])
	default:
		return fmt.Errorf("%q is not known: give no argument", arguments[0])
	}
}

// measureAll takes the measurements one after the other. One that cannot be taken says
// why, and its rows are missing: the others are still worth having.
func measureAll(ctx context.Context) (all []row) {
	for _, m := range []struct {
		measure func(context.Context, int) ([]row, error)
		rounds  int
	}{
		{measureLists, listRounds},
		{measureIterate, 1_000_000},
		{measureToken, tokenRounds},
		{measureStack, stackRounds},
		{measureEndpoints, endpointRounds},
		{measureThroughput, throughputRounds},
		{measureWeight, weightRounds},
		{measureIdle, idleClients},
	} {
		rows, err := m.measure(ctx, m.rounds)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench: not measured:", err)
		}
		all = append(all, rows...)
	}
	return all
}

// report prints the rows and writes them to the file path.
func report(out io.Writer, path string, rows []row) error {
	for _, r := range rows {
		if _, err := fmt.Fprintln(out, r); err != nil {
			return err
		}
	}
	return results.Write(path, rows)
}
