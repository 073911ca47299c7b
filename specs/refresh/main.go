// Refresh is the maintainers' command over the package specs: it brings a
// vendor's document into the repository and proves that everything made from it
// agrees.
//
//	go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] weka
//	go run ./specs/refresh repair weka      writes effective.json
//	go run ./specs/refresh inventory weka   writes operations.tsv
//	go run ./specs/refresh check weka
//	go run ./specs/refresh drift weka       regenerates in a copy and compares
//
// It runs from the root of the repository. Exit 0 when all is well, 1 with one
// line on standard error when something is not, 2 when the call itself is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] PRODUCT
       go run ./specs/refresh repair|inventory|check|drift [-root DIR] PRODUCT
Run it from the root of the repository; PRODUCT is weka.`

// errUsage says that the call itself is wrong.
var errUsage = errors.New("wrong call")

func run(ctx context.Context, arguments []string, out, errOut io.Writer) int {
	err := command(ctx, arguments, out)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		_, _ = fmt.Fprintln(errOut, usage)
		return 2
	default:
		_, _ = fmt.Fprintln(errOut, "refresh:", oneLine(err))
		return 1
	}
}

func command(ctx context.Context, arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return errUsage
	}
	name, rest := arguments[0], arguments[1:]
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	from := flags.String("from", "", "the document: an http or https address, or a file")
	dir := flags.String("out", "", "the folder to pull into; specs/PRODUCT by default")
	root := flags.String("root", ".", "the root of the repository")
	if err := flags.Parse(rest); err != nil || flags.NArg() != 1 || !known(flags.Arg(0)) {
		return errUsage
	}
	p := project{root: *root, product: flags.Arg(0), out: out}
	switch name {
	case "pull":
		if *from == "" {
			return errUsage
		}
		return p.pull(ctx, *from, *dir)
	case "repair":
		return p.repair()
	case "inventory":
		return p.inventory()
	case "check":
		return p.check()
	case "drift":
		return p.drift(ctx)
	default:
		return errUsage
	}
}

func known(product string) bool { return product == "weka" }
