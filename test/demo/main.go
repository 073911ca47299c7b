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

const usage = `Usage: make demo, or go run ./demo in test/

Tells the SDK's story against a simulated cluster on this machine. No setting is
needed, and nothing leaves the machine.

With WEKA_HOST set it takes a read-only tour of that cluster instead:

  WEKA_HOST        host, host:port or URL of the cluster
  WEKA_PORT        its port, 14000 if not set
  WEKA_USERNAME    the user to log in as, and
  WEKA_PASSWORD    the password
  WEKA_ORG         the tenant to log in to, Root if not set
  WEKA_TOKEN       path of a token file, in place of user and password
  WEKA_CA_FILE     PEM file of the authority that signed the cluster's certificate,
                   or of the certificate itself if it is self-signed
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program; it returns the exit status.
func run(ctx context.Context, arguments []string, out, complaints io.Writer) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(out, usage)
		return 0
	case err != nil || flags.NArg() > 0:
		_, _ = fmt.Fprintln(complaints, "demo: it takes no arguments but --help; settings come from the environment")
		return 2
	}
	play := playStory
	if os.Getenv("WEKA_HOST") != "" {
		play = playTour
	}
	held, err := play(ctx, newPrinter(out))
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(complaints, "demo:", err)
		return 1
	case !held:
		return 1
	}
	return 0
}
