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
	// login 0 200
}

// Look at what is sent and what comes back, without the secrets.
func ExampleWithDump() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		var dump strings.Builder // a file of yours
		if err := second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithDump(&dump)); err != nil {
			return err
		}
		for line := range strings.Lines(dump.String()) {
			if strings.Contains(line, "password") || strings.Contains(line, "access_token") {
				fmt.Print(strings.TrimSpace(line)[:40], "…\n")
			}
		}
		return nil
	})
	// Output:
	// x
}
