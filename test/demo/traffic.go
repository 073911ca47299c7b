package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
)

// tokenServer is a simulator of either product.
type tokenServer interface {
	Logins() int
	Refreshes() int
}

// The traffic: so many callers, which pause between two calls.
const (
	trafficCallers = 4
	callPause      = 50 * time.Millisecond
)

// outlive runs a traffic for longer than the lifetime of two tokens. The session is logged
// in and must not log in again.
func outlive(ctx context.Context, p *printer, server tokenServer, call func(context.Context) error) string {
	refreshes, began, outlived := server.Refreshes(), time.Now(), 2*tokenLife+tokenLife/10
	calls := load.Start(trafficCallers, callPause, func() error { return call(ctx) })
	err := poll(ctx, p, 4*tokenLife, func(context.Context) (string, bool, error) {
		seen := calls.Count()
		renewed := server.Refreshes() - refreshes
		over := renewed >= 2 && time.Since(began) > outlived
		return fmt.Sprintf("%d calls, %d refreshes", seen.Calls, renewed), over || server.Logins() != 1, seen.Err()
	})
	seen := calls.Stop()
	must.Succeed(cmp.Or(seen.Err(), err))
	must.Hold(server.Logins() == 1, "%d logins: want 1", server.Logins())
	return fmt.Sprintf("%d calls, 0 failed; %d refreshes, still 1 login", seen.Calls, server.Refreshes()-refreshes)
}
