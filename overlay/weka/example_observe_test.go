package weka_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Log what the client does. Messages and attributes have stable names.
func ExampleWithLogger() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Fail("getClusterStatus", 1, 503, `{}`)

	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { // leaves out what differs from run to run
			switch a.Key {
			case slog.TimeKey, "duration", "endpoint", "expiry", "wait":
				return slog.Attr{}
			}
			return a
		},
	}))
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithLogger(logger))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// level=DEBUG msg=session event=started
	// level=DEBUG msg=attempt operation=login method=POST path=/login attempt=1 status=200
	// level=INFO msg=session event="logged in"
	// level=DEBUG msg=attempt operation=getClusterStatus method=GET path=/cluster attempt=1 status=503
	// level=INFO msg=retry operation=getClusterStatus method=GET path=/cluster reason=failure repetition=1 status=503
	// level=DEBUG msg=attempt operation=getClusterStatus method=GET path=/cluster attempt=2 status=200
}

// Count attempts and retries.
func ExampleWithHooks() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Fail("getClusterStatus", 1, 503, `{}`)

	hooks := weka.Hooks{
		AfterAttempt: func(_ context.Context, a weka.Attempt) { fmt.Println(a.Operation, a.Number, a.Status) },
		BeforeRetry:  func(_ context.Context, r weka.Retrying) { fmt.Println(r.Operation, "again") },
	}
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithHooks(hooks))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// login 1 200
	// getClusterStatus 1 503
	// getClusterStatus again
	// getClusterStatus 2 200
}

// Count logins and refreshes. An event never holds a token.
func ExampleWithSessionHook() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithSessionHook(func(event weka.SessionEvent) { fmt.Println(event.Kind) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	for range 2 {
		if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
			fmt.Println(err)
		}
		cluster.ExpireTokens()
	}
	// Output:
	// started
	// logged in
	// started
	// refreshed
}

// Write requests and responses, without secrets.
func ExampleWithDump() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	var dump strings.Builder // or a file
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithDump(&dump))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(dump.String()) {
		if strings.HasPrefix(line, "1 < ") || strings.Contains(line, `"password"`) {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// {"password":"[redacted]","username":"admin"}
	// 1 < 200 OK
}

// A member of an unexpected type does not fail the call: it is left at its zero value and
// reported. In tests you may prefer an error.
func ExampleWithStrictResponses() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	const odd = `{"data":[{"name":"fs1","total_budget":"many","obs_buckets":{"a":1}}]}`
	cluster.Fail("getFileSystems", 2, 200, odd)

	for _, options := range [][]weka.Option{nil, {weka.WithStrictResponses()}} {
		c, err := weka.New(cluster.URL, append(options, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))...)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer c.Close()
		var r weka.Response
		all, err := c.FileSystems.List(context.Background(), nil, weka.WithResponse(&r))
		fmt.Println(len(all), "filesystems, malformed:", errors.Is(err, weka.ErrMalformedResponse))
		for _, u := range r.Unfit {
			fmt.Printf("%s: %s instead of %s\n", u.Pointer, u.Found, u.Expected)
		}
	}
	// Output:
	// 1 filesystems, malformed: false
	// /data/0/total_budget: a string instead of an integer of 64 bits
	// /data/0/obs_buckets: an object instead of a list
	// 0 filesystems, malformed: true
	// /data/0/total_budget: a string instead of an integer of 64 bits
	// /data/0/obs_buckets: an object instead of a list
}
