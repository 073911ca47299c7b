// Command sim runs a simulator as a process:
//
//	go run ./test/sim weka|ngenea -addr 127.0.0.1:0 [-plain] [-access-ttl 300s] [-release 5.1] …
//
// The first line of its output is "listening on URL", the second "CA file: PATH" ("CA
// file: none" with -plain). A line for each further endpoint follows, then one for each
// request. The process ends on an interrupt. The contract is where the product serves it,
// with a page to browse it below, at docs/ui/.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/must"
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

// products run the simulator of a product until the context ends.
var products = map[string]func(ctx context.Context, arguments []string, out io.Writer){
	"weka":   runWEKA,
	"ngenea": runNgenea,
}

func run(ctx context.Context, arguments []string, out io.Writer) (err error) {
	defer must.Catch(&err)
	must.Hold(len(arguments) > 0 && products[arguments[0]] != nil, usage)
	products[arguments[0]](ctx, arguments[1:], out)
	return nil
}

// shared are the flags that both products have.
type shared struct {
	*flag.FlagSet
	address                           string
	plain, rotation                   bool
	accessTTL, refreshTTL, transition time.Duration
	pageSize                          int
	faults                            []plannedFault
}

// newFlags declares the shared flags with the defaults of a product.
func newFlags(product string, accessTTL, refreshTTL time.Duration, pageSize int) *shared {
	f := &shared{FlagSet: flag.NewFlagSet("sim "+product, flag.ContinueOnError)}
	f.StringVar(&f.address, "addr", "127.0.0.1:0", "the `host:port` to listen on")
	f.BoolVar(&f.plain, "plain", false, "speak http instead of https")
	f.DurationVar(&f.accessTTL, "access-ttl", accessTTL, "the lifetime of access tokens")
	f.DurationVar(&f.refreshTTL, "refresh-ttl", refreshTTL, "the lifetime of refresh tokens")
	f.BoolVar(&f.rotation, "rotation", false, "a refresh replaces the refresh token")
	f.DurationVar(&f.transition, "transition", time.Second, "how long an object stays in each state on its way")
	f.IntVar(&f.pageSize, "page-size", pageSize, "the number of items of a page")
	f.Func("fault", faultUsage, f.addFault)
	return f
}

const faultUsage = "`\"OPERATION EFFECT [xTIMES] [CHANCE%]\"`, repeatable: the operation is an operationId or * for any, " +
	"the effect a status of a proxy's page (502), a delay (2s), reset, lost, half, hang or expire; " +
	"for example \"getFileSystems 502 x2\" or \"* reset 10%\""

// plannedFault starts the fault of one flag; on begins a fault of an operation.
type plannedFault func(on func(operation string) *wekatest.Fault) error

// addFault adds the fault of one flag.
func (f *shared) addFault(text string) error {
	words := strings.Fields(text)
	if len(words) < 2 {
		return fmt.Errorf("want %s", faultUsage)
	}
	operation, effect := strings.TrimPrefix(words[0], "*"), words[1]
	times, chance := 0, 0.0 // 0 is no limit, and always
	for _, word := range words[2:] {
		var err error
		switch {
		case strings.HasPrefix(word, "x"):
			times, err = strconv.Atoi(word[1:])
		case strings.HasSuffix(word, "%"):
			chance, err = strconv.ParseFloat(strings.TrimSuffix(word, "%"), 64)
		default:
			err = fmt.Errorf("%q is neither xTIMES nor CHANCE%%", word)
		}
		if err != nil {
			return err
		}
	}
	f.faults = append(f.faults, func(on func(string) *wekatest.Fault) error {
		fault := on(operation)
		if times != 0 {
			fault = fault.Times(times)
		}
		if chance != 0 {
			fault = fault.Chance(chance / 100)
		}
		return startEffect(fault, effect)
	})
	return nil
}

// startFaults starts the faults. It returns an error for an unknown operation, number or
// effect.
func startFaults(faults []plannedFault, on func(operation string) *wekatest.Fault) (err error) {
	defer func() {
		if cause := recover(); cause != nil { // from On, Times or Chance
			err = fmt.Errorf("-fault: %v", cause)
		}
	}()
	for _, start := range faults {
		if err := start(on); err != nil {
			return err
		}
	}
	return nil
}

func startEffect(f *wekatest.Fault, effect string) error {
	named := map[string]func(){
		"reset": f.Reset, "lost": f.LoseResponse, "half": f.HalveBody, "hang": f.Hang, "expire": f.EndToken,
	}
	if start := named[effect]; start != nil {
		start()
		return nil
	}
	if status, err := strconv.Atoi(effect); err == nil && status >= 400 && status < 600 {
		f.ProxyPage(status)
		return nil
	}
	if d, err := time.ParseDuration(effect); err == nil && d > 0 {
		f.Delay(d)
		return nil
	}
	return fmt.Errorf("-fault: the effect %q is unknown: want %s", effect, faultUsage)
}

// runWEKA serves a simulated cluster. Its account is admin/admin.
func runWEKA(ctx context.Context, arguments []string, out io.Writer) {
	flags := newFlags("weka", 5*time.Minute, 30*24*time.Hour, 1000)
	endpoints := flags.Int("endpoints", 1, "the number of addresses of the cluster, on the ports that follow")
	release := flags.String("release", "", "the release of the cluster; by default that of the document")
	anyPath := flags.Bool("any-path", true, "each directory that a request asks for exists")
	change := flags.Bool("password-change", false, "logins of admin require a new password")
	flags.SetOutput(out)
	must.Succeed(flags.Parse(arguments))
	l := &lines{out: out}
	const docs = "/api/v2/docs"
	options := []wekatest.Option{
		wekatest.WithAddress(flags.address), wekatest.Endpoints(*endpoints),
		wekatest.WithAccessTTL(flags.accessTTL), wekatest.WithRefreshTTL(flags.refreshTTL), wekatest.WithRotation(flags.rotation),
		wekatest.WithTransitionTime(flags.transition), wekatest.WithPageSize(flags.pageSize), wekatest.WithObserver(l.request),
		wekatest.WithPage(docs+"/ui/", browser("WEKA", docs, docs+"/ui/")),
	}
	if flags.plain {
		options = append(options, wekatest.Plain())
	}
	if *release != "" {
		options = append(options, wekatest.Release(*release))
	}
	if *anyPath {
		options = append(options, wekatest.AnyPath())
	}
	if *change {
		options = append(options, wekatest.WithPasswordChangeRequired())
	}
	srv := must.Get(wekatest.Start(options...))
	must.Succeed(serve(ctx, l, srv, srv.URLs(), flags.faults))
}

// runNgenea serves a simulated Hub. Its account is dfoster/secret.
func runNgenea(ctx context.Context, arguments []string, out io.Writer) {
	flags := newFlags("ngenea", time.Hour, 24*time.Hour, 20)
	forbid := flags.Bool("forbid-expired", false, "an expired access token is rejected with 403 instead of 401")
	strict := flags.Bool("strict", false, "unknown parameters and members, which a Hub ignores, are rejected")
	origin := flags.String("origin", "", "the start of addresses in responses, such as `http://hub.internal:8000`; by default the Host of the request")
	throttle := flags.Int("throttle", 0, "the requests that a user may make in a minute; 0 is no limit")
	flags.SetOutput(out)
	must.Succeed(flags.Parse(arguments))
	l := &lines{out: out}
	const docs = "/api/docs"
	options := []ngeneatest.Option{
		ngeneatest.WithAddress(flags.address), ngeneatest.WithAccessTTL(flags.accessTTL), ngeneatest.WithRefreshTTL(flags.refreshTTL),
		ngeneatest.WithRotation(flags.rotation), ngeneatest.WithTransitionTime(flags.transition), ngeneatest.WithPageSize(flags.pageSize),
		ngeneatest.BehindProxy(*origin), ngeneatest.WithThrottle(*throttle, time.Minute),
		ngeneatest.WithPage(docs+"/ui/", browser("Ngenea Hub", docs+"/?format=openapi", docs+"/ui/")),
		ngeneatest.WithObserver(func(r ngeneatest.Request) {
			l.request(wekatest.Request{
				Operation: r.Operation, Method: r.Method, Path: r.Path, Status: r.Status, Time: r.Time, Violations: r.Violations,
			})
		}),
	}
	if flags.plain {
		options = append(options, ngeneatest.Plain())
	}
	if *forbid {
		options = append(options, ngeneatest.ForbidExpired())
	}
	if *strict {
		options = append(options, ngeneatest.Strict())
	}
	srv := must.Get(ngeneatest.Start(options...))
	must.Succeed(serve(ctx, l, srv, []string{srv.URL}, flags.faults))
}
