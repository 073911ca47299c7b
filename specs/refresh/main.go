// Refresh is the maintainers' command: it updates a product to a vendor's document and
// checks that everything made from it agrees.
//
//	go run ./specs/refresh upgrade -from URL_OR_FILE PRODUCT
//	                                        the whole refresh (make refresh): everything is made
//	                                        and tested in a copy, and installed at the end or
//	                                        not at all
//	go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] PRODUCT
//	                                        writes openapi.json and source.yaml
//	go run ./specs/refresh try -from URL_OR_FILE -out DIR PRODUCT
//	                                        pulls, generates and compiles in a copy
//	go run ./specs/refresh new NAME -from URL_OR_FILE [-title TITLE]
//	                                        adds a product: folders, configurations, generated
//	                                        code and a front door
//	go run ./specs/refresh repair PRODUCT   writes effective.json
//	go run ./specs/refresh inventory PRODUCT
//	                                        writes operations.tsv and types.tsv
//	go run ./specs/refresh readme           writes the counts of the documents into README.md
//	go run ./specs/refresh check PRODUCT    checks that all files of the product agree
//	go run ./specs/refresh diff OLD NEW     what changed, breaking changes first; each is an
//	                                        effective document, its folder, or a git revision
//	go run ./specs/refresh api              compares the exported Go API with the last tag
//	go run ./specs/refresh drift            regenerates everything in a copy and compares
//
// PRODUCT is a folder of specs with a product.yaml, as weka or ngenea. The contract of ngenea is our own: pull merges the document of
// a site into it, whether drf-yasg or drf-spectacular wrote it, and lists what that confirms,
// adds and contradicts. The document may be OpenAPI 3.0 or 3.1, or Swagger 2.0, in JSON or
// YAML, in a file or at a URL, or a Swagger UI page that contains or names it. More flags of
// upgrade, pull and try, none of which takes a secret:
//
//	-release NAME   which document, where the page lists several
//	-ca FILE        the authority of the server's certificate, in PEM
//	-insecure       accept any certificate
//	-user NAME      log in first: the password is NGENEA_PASSWORD or WEKA_PASSWORD, or prompted for
//	-client-key     send a client key of the Hub: NGENEA_CLIENT_KEY, or prompted for
//
// It runs in the root of the repository. It exits with 0 on success, with 1 and one line on
// standard error if a check fails, and with 2 if the command line is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"

	"github.com/hotcold-go/hotcold/specs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

const usage = `usage: go run ./specs/refresh upgrade -from URL_OR_FILE [-quick] [-release NAME] [ACCESS] PRODUCT
       go run ./specs/refresh pull -from URL_OR_FILE [-out DIR] [-release NAME] [ACCESS] PRODUCT
       go run ./specs/refresh try -from URL_OR_FILE -out DIR [-release NAME] [ACCESS] PRODUCT
       go run ./specs/refresh new NAME -from URL_OR_FILE [-title TITLE] [-release NAME] [-ca FILE or -insecure]
       where ACCESS is -ca FILE or -insecure, and -user NAME or -client-key
       go run ./specs/refresh repair|inventory|check [-root DIR] PRODUCT
       go run ./specs/refresh diff [-format text|markdown|json] [-fail-on-breaking] [-product PRODUCT] OLD NEW
       go run ./specs/refresh api [-fail-on-breaking]
       go run ./specs/refresh drift|readme [-root DIR]
Run it in the root of the repository; PRODUCT is a folder of specs with a product.yaml, such as weka or ngenea.`

// errUsage means that the command line is wrong.
var errUsage = errors.New("wrong usage")

func run(ctx context.Context, arguments []string, out, errOut io.Writer) int {
	err := command(ctx, arguments, out, errOut)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		_, _ = fmt.Fprintln(errOut, usage)
		return 2
	default:
		_, _ = fmt.Fprintln(errOut, "refresh:", printable(err.Error()))
		return 1
	}
}

func command(ctx context.Context, arguments []string, out, errOut io.Writer) error {
	if len(arguments) == 0 {
		return errUsage
	}
	name, rest := arguments[0], arguments[1:]
	switch name {
	case "upgrade", "pull", "try":
		return pullCommand(ctx, name, rest, out, errOut)
	case "new":
		return newCommand(ctx, rest, out, errOut)
	case "diff":
		return project{out: out}.diffCommand(ctx, rest)
	case "api":
		return project{out: out}.apiCommand(ctx, rest)
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	root := flags.String("root", ".", "the root of the repository")
	if err := flags.Parse(rest); err != nil {
		return errUsage
	}
	p := project{root: *root, product: flags.Arg(0), out: out}
	switch {
	case name == "drift" && flags.NArg() == 0:
		return p.drift(ctx)
	case name == "readme" && flags.NArg() == 0:
		return p.readme()
	}
	if name == "check" && flags.NArg() == 0 {
		for _, p.product = range slices.Sorted(maps.Keys(specs.Products())) {
			if err := p.check(); err != nil {
				return fmt.Errorf("%s: %w", p.product, err)
			}
		}
		return nil
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

// known reports whether a folder of specs has a product.yaml.
func known(product string) bool {
	_, ok := specs.Products()[product]
	return ok
}
