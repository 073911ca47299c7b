package main

import (
	"context"
	"flag"
	"io"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// runWEKA serves a simulated cluster. Its account is admin/admin.
func runWEKA(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("sim weka", flag.ContinueOnError)
	var (
		address    = flags.String("addr", "127.0.0.1:0", "the `host:port` to listen on")
		plain      = flags.Bool("plain", false, "speak http in place of https")
		endpoints  = flags.Int("endpoints", 1, "how many addresses share the cluster, on the ports that follow")
		accessTTL  = flags.Duration("access-ttl", 5*time.Minute, "how long an access token lives")
		refreshTTL = flags.Duration("refresh-ttl", 30*24*time.Hour, "how long a refresh token lives")
		rotation   = flags.Bool("rotation", false, "a refresh ends the refresh token and gives another")
		release    = flags.String("release", "5.1", "the release that the cluster runs")
		transition = flags.Duration("transition", time.Second, "how long whatever takes time takes")
		pageSize   = flags.Int("page-size", 1000, "how many items a page has at most")
		anyPath    = flags.Bool("any-path", true, "every directory that is asked for exists, as if a mount had made it")
		change     = flags.Bool("password-change", false, "logins of admin ask for another password")
		faults     faultFlag
	)
	flags.Var(&faults, "fault", faultUsage)
	flags.SetOutput(out)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	l := &lines{out: out}
	const docs = "/api/v2/docs"
	options := []wekatest.Option{
		wekatest.WithAddress(*address), wekatest.Endpoints(*endpoints), wekatest.Release(*release),
		wekatest.WithAccessTTL(*accessTTL), wekatest.WithRefreshTTL(*refreshTTL), wekatest.WithRotation(*rotation),
		wekatest.WithTransitionTime(*transition), wekatest.WithPageSize(*pageSize),
		wekatest.WithPage(docs+"/ui/", browser("WEKA", docs, docs+"/ui/")),
		wekatest.WithObserver(func(r wekatest.Request) {
			l.request(request{r.Operation, r.Method, r.Path, r.Status, r.Endpoint, r.Time, r.Violations})
		}),
	}
	options = append(options, chosen(
		choice[wekatest.Option]{*plain, wekatest.Plain()},
		choice[wekatest.Option]{*anyPath, wekatest.AnyPath()},
		choice[wekatest.Option]{*change, wekatest.WithPasswordChangeRequired()},
	)...)
	srv, err := wekatest.Start(options...)
	if err != nil {
		return err
	}
	return serve(ctx, l, srv, srv.URLs(), faults)
}
