// Refresh is the maintainers' command over the package specs: it brings a
// vendor's document into the repository and proves that everything made from it
// agrees.
//
//	go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] weka
//	go run ./specs/refresh try -from URL_OR_FILE -out DIR weka
//	                                        pulls, generates and compiles in a copy
//	go run ./specs/refresh upgrade -from URL_OR_FILE weka
//	                                        the whole refresh, as make refresh does it: in a
//	                                        copy, and into the tree at the end or not at all
//	go run ./specs/refresh repair weka      writes effective.json
//	go run ./specs/refresh inventory weka   writes operations.tsv and types.tsv
//	go run ./specs/refresh check weka
//	go run ./specs/refresh diff OLD NEW     what changed, breaking first; each is an effective
//	                                        document, its folder, or a git revision
//	go run ./specs/refresh api              compares the exported Go API with the last tag
//	go run ./specs/refresh drift            regenerates everything in a copy and compares
//
// The product is weka or ngenea. The contract of ngenea is our own: pull lays a site's
// document over it, whether drf-yasg or drf-spectacular wrote it, and says line by line
// what that confirms, adds and contradicts. The document may be JSON or YAML, in a file
// or at an address, or a Swagger UI page that holds or names it. More flags of pull and
// try, none of which takes a secret:
//
//	-release NAME   which document, where the page lists several
//	-ca FILE        the authority of the server's certificate, in PEM
//	-insecure       take any certificate
//	-user NAME      log in first: the password is NGENEA_PASSWORD or WEKA_PASSWORD, or asked for
//	-client-key     send a client key of the Hub: NGENEA_CLIENT_KEY, or asked for
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

const usage = `usage: go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] [-release NAME] [ACCESS] PRODUCT
       go run ./specs/refresh try -from URL_OR_FILE -out DIR [-release NAME] [ACCESS] PRODUCT
       go run ./specs/refresh upgrade -from URL_OR_FILE [-quick] [-release NAME] [ACCESS] PRODUCT
       where ACCESS is -ca FILE or -insecure, and -user NAME or -client-key
       go run ./specs/refresh repair|inventory|check [-root DIR] PRODUCT
       go run ./specs/refresh diff [-format text|markdown|json] [-fail-on-breaking] [-product PRODUCT] OLD NEW
       go run ./specs/refresh api [-fail-on-breaking]
       go run ./specs/refresh drift [-root DIR]
Run it from the root of the repository; PRODUCT is weka or ngenea.`

// errUsage says that the call itself is wrong.
var errUsage = errors.New("wrong call")

func run(ctx context.Context, arguments []string, out, errOut io.Writer) int {
	err := command(ctx, arguments, out, errOut)
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

func command(ctx context.Context, arguments []string, out, errOut io.Writer) error {
	if len(arguments) == 0 {
		return errUsage
	}
	name, rest := arguments[0], arguments[1:]
	if name == "pull" || name == "try" || name == "upgrade" {
		return pullCommand(ctx, name, rest, out, errOut)
	}
	if name == "diff" {
		return project{out: out}.diffCommand(ctx, rest)
	}
	if name == "api" {
		return project{out: out}.apiCommand(ctx, rest)
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root := flags.String("root", ".", "the root of the repository")
	if err := flags.Parse(rest); err != nil {
		return errUsage
	}
	p := project{root: *root, product: flags.Arg(0), out: out}
	if name == "drift" && flags.NArg() == 0 {
		return p.drift(ctx)
	}
	if flags.NArg() != 1 || !known(p.product) {
		return errUsage
	}
	switch name {
	case "repair":
		return p.repair()
	case "inventory":
		return p.inventory()
	case "check":
		return p.check()
	default:
		return errUsage
	}
}

func known(product string) bool { return product == "weka" || product == "ngenea" }
