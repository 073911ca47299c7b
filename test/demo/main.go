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

Tells the SDK's story against a cluster and a Hub that are simulated on this machine.
No setting is needed, and nothing leaves the machine.

With WEKA_HOST or NGENEA_URL set it takes a read-only tour of that cluster, of that
Hub, or of both:

  WEKA_HOST        host, host:port or URL of the cluster, or several with commas
  WEKA_PORT        its port, 14000 if not set
  WEKA_USERNAME    the user to log in as, and
  WEKA_PASSWORD    the password
  WEKA_ORG         the tenant to log in to, Root if not set
  WEKA_TOKEN       path of a token file, in place of user and password
  WEKA_CA_FILE     PEM file of the authority that signed the cluster's certificate,
                   or of the certificate itself if it is self-signed

  NGENEA_URL         host or URL of the Hub
  NGENEA_CLIENT_KEY  a client key, or
  NGENEA_USERNAME    the user to log in as, and
  NGENEA_PASSWORD    the password
  NGENEA_CA_FILE     as WEKA_CA_FILE, for the Hub's certificate
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
	if wantsTour() {
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
