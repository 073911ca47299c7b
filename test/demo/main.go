// Command demo shows what the SDK does, in steps that hold or fail.
//
// By default it starts a simulated cluster and a simulated Hub on loopback, over TLS and
// with access tokens that live 3 s, and runs the steps of weka.go and hub.go. With
// WEKA_HOST or NGENEA_URL set it runs the read-only tour of tour.go against that system
// instead. It exits 0 only if every step held.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/must"
)

const usage = `Usage: make demo, or go run ./demo in test/

Shows the SDK against a cluster and a Hub that are simulated on this machine. No setting
is needed, and nothing leaves the machine.

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

// run runs the program and returns its exit status.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, usage)
		return 0
	case err != nil || flags.NArg() > 0:
		_, _ = fmt.Fprintln(stderr, "demo: the only argument is --help; settings are in the environment")
		return 2
	}
	play := playStory
	switch {
	case os.Getenv(realHubAddress) != "":
		play = playRealHub
	case wantsTour():
		play = playTour
	}
	held, err := play(ctx, newPrinter(stdout))
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(stderr, "demo:", err)
		return 1
	case !held:
		return 1
	}
	return 0
}

const (
	// tokenLife is short, so that tokens expire several times in a few seconds: on a real
	// cluster they live five minutes, on a Hub an hour.
	tokenLife = 3 * time.Second
	// transition is how long a filesystem is CREATING and REMOVING.
	transition = 300 * time.Millisecond
	// jobTransition is how long a job is PENDING and STARTED: longer than the interval of
	// the wait, so that it sees each state.
	jobTransition = 800 * time.Millisecond
	// backends is the number of the cluster's addresses.
	backends = 3
	// The pages are short, so that lists have several.
	eventsPerPage = 2
	jobsPerPage   = 10
)

func startCluster() (*wekatest.Server, error) {
	return wekatest.Start(wekatest.WithAccessTTL(tokenLife), wekatest.WithTransitionTime(transition),
		wekatest.Endpoints(backends), wekatest.WithPageSize(eventsPerPage))
}

func startHub() (*ngeneatest.Server, error) {
	return ngeneatest.Start(ngeneatest.WithAccessTTL(tokenLife), ngeneatest.WithTransitionTime(jobTransition),
		ngeneatest.WithPageSize(jobsPerPage))
}

// playStory starts a cluster and a Hub and runs the steps of both halves.
func playStory(ctx context.Context, p *printer) (held bool, err error) {
	defer must.Catch(&err)
	cluster := must.Get(startCluster())
	defer cluster.Close()
	hub := must.Get(startHub())
	defer hub.Close()
	return runStory(ctx, p, cluster, hub), nil
}

// runStory runs the steps of both halves, except for one whose simulator is nil, and
// reports whether all of them held.
func runStory(ctx context.Context, p *printer, cluster *wekatest.Server, hub *ngeneatest.Server) bool {
	var halves []part
	if cluster != nil {
		s := &wekaStory{cluster: cluster, printer: p}
		defer s.end()
		halves = append(halves, s.part())
	}
	if hub != nil {
		about := fmt.Sprintf("a simulated one whose access tokens live %v", tokenLife)
		s := &hubStory{url: hub.URL, about: about, hub: hub, printer: p}
		defer s.end()
		halves = append(halves, s.part())
	}
	return play(ctx, p, halves...)
}
