// Sim runs a simulator as a process:
//
//	go run ./test/sim weka|ngenea -addr 127.0.0.1:0 [-plain] [-access-ttl 300s] [-release 5.1] …
//
// The first line that it prints is "listening on URL", the second "CA file: PATH"
// ("CA file: none" with -plain); a line for each further endpoint follows, then one
// for each request. It ends on an interrupt. The contract is served where the
// product serves it, and as a page to browse below it, under docs/ui/.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = "usage: sim weka|ngenea [-addr 127.0.0.1:0] [flags]; sim weka -h lists the flags"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(1)
	}
}

// products start a simulator by name and serve until the context ends.
var products = map[string]func(ctx context.Context, arguments []string, out io.Writer) error{
	"weka":   runWEKA,
	"ngenea": runNgenea,
}

func run(ctx context.Context, arguments []string, out io.Writer) error {
	if len(arguments) == 0 || products[arguments[0]] == nil {
		return errors.New(usage)
	}
	return products[arguments[0]](ctx, arguments[1:], out)
}
