package ngenea_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Log what happens. The messages and their attributes have stable names, and there is no
// header, body or query among them.
func ExampleWithLogger() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		steady := func(_ []string, a slog.Attr) slog.Attr { // what differs from run to run
			switch a.Key {
			case slog.TimeKey, "duration", "endpoint", "expiry", "wait":
				return slog.Attr{}
			}
			return a
		}
		logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: steady}))
		hub.Fail("listAlerts", 1, 503, `{}`)
		return second(ctx, hub, ngenea.WithPassword("dfoster", "secret"), ngenea.WithLogger(logger))
	})
	// Output:
	// level=DEBUG msg=session event=started
	// level=DEBUG msg=attempt operation=createToken method=POST path=/auth/token/ attempt=1 status=200
	// level=INFO msg=session event="logged in"
	// level=DEBUG msg=attempt operation=listAlerts method=GET path=/alerts/ attempt=1 status=503
	// level=INFO msg=retry operation=listAlerts method=GET path=/alerts/ repetition=1 status=503
	// level=DEBUG msg=attempt operation=listAlerts method=GET path=/alerts/ attempt=2 status=200
}

// Count what is sent, and how often it had to be sent again.
func ExampleWithHooks() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		hooks := ngenea.Hooks{
			AfterAttempt: func(_ context.Context, a ngenea.Attempt) { fmt.Println(a.Operation, a.Number, a.Status) },
			BeforeRetry:  func(_ context.Context, r ngenea.Retrying) { fmt.Println(r.Operation, "again") },
		}
		hub.Fail("listAlerts", 1, 503, `{}`)
		return second(ctx, hub, ngenea.WithPassword("dfoster", "secret"), ngenea.WithHooks(hooks))
	})
	// Output:
	// createToken 1 200
	// listAlerts 1 503
	// listAlerts again
	// listAlerts 2 200
}

// Count what becomes of the session. An event never holds a token.
func ExampleWithSessionHook() {
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
			ngenea.WithSessionHook(func(event ngenea.SessionEvent) { fmt.Println(event.Kind) }))
		if err != nil {
			return err
		}
		defer h.Close()
		for range 2 {
			if _, err := h.Alerts.ListAlerts(ctx, nil); err != nil {
				return err
			}
			hub.ExpireTokens()
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
	onHub(func(ctx context.Context, _ *ngenea.Client, hub *ngeneatest.Server) error {
		var dump strings.Builder // a file of yours
		if err := second(ctx, hub, ngenea.WithPassword("dfoster", "secret"), ngenea.WithDump(&dump)); err != nil {
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
	// {"password":"[redacted]","username":"dfoster"}
	// 1 < 200 OK
}
