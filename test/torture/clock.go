package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	clockRole = "call, token file"
	clockOff  = 10 * time.Minute
)

// measureClock lets processes share the vendor's token file and predict expiries, while the
// cluster's clock is ahead of theirs, then behind. The file has no expiry, and the times in
// its token are of the cluster's clock.
func measureClock(ctx context.Context, a amounts) ([]results.Row, error) {
	var seen load.PerExpiry
	var failed error
	for _, ahead := range []time.Duration{clockOff, -clockOff} {
		p, err := share(ctx, clockRole, a.processes, startCluster(a.life, wekatest.WithJWTs(ahead)), func(p *pool) error { return p.predicted(ctx, a) })
		if err == nil && p.lost > 0 {
			err = fmt.Errorf("a clock off by %v: %d sessions lost", ahead, p.lost)
		}
		seen.Merge(p.seen)
		failed = errors.Join(failed, err)
	}
	return []results.Row{results.Exactly("refreshes an expiry, clock 10 min off", seen.Worst, 1)}, failed
}
