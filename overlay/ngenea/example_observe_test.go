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

// Log what the client does. Messages and attributes have stable names.
func ExampleWithLogger() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.Fail("listAlerts", 1, 503, `{}`)

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
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
		ngenea.WithLogger(logger))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// level=DEBUG msg=session event=started
	// level=DEBUG msg=attempt operation=createToken method=POST path=/auth/token/ attempt=1 status=200
	// level=INFO msg=session event="logged in"
	// level=DEBUG msg=attempt operation=listAlerts method=GET path=/alerts/ attempt=1 status=503
	// level=INFO msg=retry operation=listAlerts method=GET path=/alerts/ reason=failure repetition=1 status=503
	// level=DEBUG msg=attempt operation=listAlerts method=GET path=/alerts/ attempt=2 status=200
}

// Count attempts and retries.
func ExampleWithHooks() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.Fail("listAlerts", 1, 503, `{}`)

	hooks := ngenea.Hooks{
		AfterAttempt: func(_ context.Context, a ngenea.Attempt) { fmt.Println(a.Operation, a.Number, a.Status) },
		BeforeRetry:  func(_ context.Context, r ngenea.Retrying) { fmt.Println(r.Operation, "again") },
	}
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
		ngenea.WithHooks(hooks))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// createToken 1 200
	// listAlerts 1 503
	// listAlerts again
	// listAlerts 2 200
}

// Count logins and refreshes. An event never holds a token.
func ExampleWithSessionHook() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
		ngenea.WithSessionHook(func(event ngenea.SessionEvent) { fmt.Println(event.Kind) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	for range 2 {
		if _, err := h.Alerts.List(context.Background(), nil); err != nil {
			fmt.Println(err)
		}
		hub.ExpireTokens()
	}
	// Output:
	// started
	// logged in
	// started
	// refreshed
}

// Write requests and responses, without secrets.
func ExampleWithDump() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	var dump strings.Builder // or a file
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()),
		ngenea.WithDump(&dump))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if _, err := h.Alerts.List(context.Background(), nil); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(dump.String()) {
		if strings.HasPrefix(line, "1 < ") || strings.Contains(line, `"password"`) {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// {"password":"[redacted]","username":"dfoster"}
	// 1 < 200 OK
}
