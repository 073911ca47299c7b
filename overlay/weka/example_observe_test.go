package weka_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Log what happens. The messages and their attributes have stable names, and there is no
// header, body or query among them.
func ExampleWithLogger() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		steady := func(_ []string, a slog.Attr) slog.Attr { // what differs from run to run
			switch a.Key {
			case slog.TimeKey, "duration", "endpoint", "expiry", "wait":
				return slog.Attr{}
			}
			return a
		}
		logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: steady}))
		cluster.Fail("getClusterStatus", 1, 503, `{}`)
		return second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithLogger(logger))
	})
	// Output:
	// level=DEBUG msg=session event=started
	// level=DEBUG msg=attempt operation=login method=POST path=/login attempt=1 status=200
	// level=INFO msg=session event="logged in"
	// level=DEBUG msg=attempt operation=getClusterStatus method=GET path=/cluster attempt=1 status=503
	// level=INFO msg=retry operation=getClusterStatus method=GET path=/cluster repetition=1 status=503
	// level=DEBUG msg=attempt operation=getClusterStatus method=GET path=/cluster attempt=2 status=200
}

// Count what is sent, and how often it had to be sent again.
func ExampleWithHooks() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		hooks := weka.Hooks{
			AfterAttempt: func(_ context.Context, a weka.Attempt) { fmt.Println(a.Operation, a.Number, a.Status) },
			BeforeRetry:  func(_ context.Context, r weka.Retrying) { fmt.Println(r.Operation, "again") },
		}
		cluster.Fail("getClusterStatus", 1, 503, `{}`)
		return second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithHooks(hooks))
	})
	// Output:
	// login 1 200
	// getClusterStatus 1 503
	// getClusterStatus again
	// getClusterStatus 2 200
}

// Count what becomes of the session. An event never holds a token.
func ExampleWithSessionHook() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
			weka.WithSessionHook(func(event weka.SessionEvent) { fmt.Println(event.Kind) }))
		if err != nil {
			return err
		}
		defer c.Close()
		for range 2 {
			if _, err := c.Cluster.GetClusterStatus(ctx); err != nil {
				return err
			}
			cluster.ExpireTokens()
		}
		return nil
	})
	// Output:
	// started
	// logged in
	// started
	// refreshed
}

// Look at what is sent and what comes back, without the secrets.
func ExampleWithDump() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		var dump strings.Builder // a file of yours
		if err := second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithDump(&dump)); err != nil {
			return err
		}
		for line := range strings.Lines(dump.String()) {
			if strings.HasPrefix(line, "1 < ") || strings.Contains(line, `"password"`) {
				fmt.Println(strings.TrimSpace(line))
			}
		}
		return nil
	})
	// Output:
	// {"password":"[redacted]","username":"admin"}
	// 1 < 200 OK
}
