package main

import (
	"context"
	"fmt"
	"time"
)

// pollInterval is how often a state is asked for.
const pollInterval = 25 * time.Millisecond

// poll asks until the answer is done, an error comes or the bound is over, and shows
// the state while it waits.
func poll(ctx context.Context, p *printer, bound time.Duration, ask func(context.Context) (state string, done bool, err error)) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	end := time.Now().Add(bound)
	for {
		state, done, err := ask(ctx)
		if err != nil || done {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("after %v it was still: %s", bound, state)
		}
		p.progress(state)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
