package main

import (
	"context"
	"fmt"
	"time"
)

// issuer is a simulator as far as it gives out tokens.
type issuer interface {
	Logins() int
	Refreshes() int
}

// callersAlong is how many goroutines keep calling while something happens.
const callersAlong = 4

// outlive lets callers call on for longer than two tokens live. The session has logged
// in once before, and must not again.
func outlive(ctx context.Context, p *printer, server issuer, call func(context.Context) error) (string, error) {
	refreshes, began, outlived := server.Refreshes(), time.Now(), 2*tokenLife+tokenLife/10
	calls := startTraffic(callersAlong, func() error { return call(ctx) })
	err := poll(ctx, p, 4*tokenLife, func(context.Context) (string, bool, error) {
		count, renewed := calls.count(), server.Refreshes()-refreshes
		broken := calls.failed() || server.Logins() != 1
		return fmt.Sprintf("%d calls, %d refreshes", count, renewed), broken || renewed >= 2 && time.Since(began) > outlived, nil
	})
	count, failed, first := calls.stop()
	switch {
	case failed > 0:
		return "", fmt.Errorf("%d of %d calls failed, the first with: %w", failed, count, first)
	case err != nil:
		return "", err
	case server.Logins() != 1:
		return "", fmt.Errorf("%d logins: a session that is refreshed needs 1", server.Logins())
	}
	return fmt.Sprintf("%d calls, 0 failed; %d refreshes, still 1 login", count, server.Refreshes()-refreshes), nil
}
