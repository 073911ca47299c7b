package main

import (
	"context"
	"flag"
	"io"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// runNgenea serves a simulated Hub. Its account is dfoster/secret.
func runNgenea(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("sim ngenea", flag.ContinueOnError)
	var (
		address    = flags.String("addr", "127.0.0.1:0", "the `host:port` to listen on")
		plain      = flags.Bool("plain", false, "speak http in place of https")
		accessTTL  = flags.Duration("access-ttl", time.Hour, "how long an access token lives, in whole seconds")
		refreshTTL = flags.Duration("refresh-ttl", 24*time.Hour, "how long a refresh token lives, in whole seconds")
		rotation   = flags.Bool("rotation", false, "a refresh ends the refresh token and gives another")
		forbid     = flags.Bool("forbid-expired", false, "an expired access token is answered with 403 in place of 401")
		strict     = flags.Bool("strict", false, "unknown parameters and members are refused, which a Hub ignores")
		transition = flags.Duration("transition", time.Second, "how long a job stays in each state")
		pageSize   = flags.Int("page-size", 20, "how many items a page has that is asked for without a size")
		origin     = flags.String("origin", "", "what addresses in answers begin with, as `http://hub.internal:8000`; by default the Host of the request")
		throttle   = flags.Int("throttle", 0, "how many requests a user may make in a minute; 0 is any number")
		faults     faultFlag
	)
	flags.Var(&faults, "fault", faultUsage)
	flags.SetOutput(out)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	l := &lines{out: out}
	const docs = "/api/docs"
	options := []ngeneatest.Option{
		ngeneatest.WithAddress(*address), ngeneatest.WithAccessTTL(*accessTTL), ngeneatest.WithRefreshTTL(*refreshTTL),
		ngeneatest.WithRotation(*rotation), ngeneatest.WithTransitionTime(*transition), ngeneatest.WithPageSize(*pageSize),
		ngeneatest.BehindProxy(*origin), ngeneatest.WithThrottle(*throttle, time.Minute),
		ngeneatest.WithPage(docs+"/ui/", browser("Ngenea Hub", docs+"/?format=openapi", docs+"/ui/")),
		ngeneatest.WithObserver(func(r ngeneatest.Request) {
			l.request(request{r.Operation, r.Method, r.Path, r.Status, 0, r.Time, r.Violations})
		}),
	}
	options = append(options, chosen(
		choice[ngeneatest.Option]{*plain, ngeneatest.Plain()},
		choice[ngeneatest.Option]{*forbid, ngeneatest.ForbidExpired()},
		choice[ngeneatest.Option]{*strict, ngeneatest.Strict()},
	)...)
	srv, err := ngeneatest.Start(options...)
	if err != nil {
		return err
	}
	return serve(ctx, l, srv, []string{srv.URL}, faults)
}
