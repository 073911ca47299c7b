package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

const (
	// callers is how many goroutines call without a pause while sessions are revoked.
	callers = 64
	// sharers is how many clients they use, which share one token cache.
	sharers = 4
)

// measureRevocations ends all sessions, by turns with their refresh tokens and
// without, at any moment of the calls under way. A client that holds the password
// makes up for both. Before every other revocation somebody else has refreshed the
// session, so that what the clients find in their cache is as dead as what they hold.
func measureRevocations(ctx context.Context, a amounts) ([]row, error) {
	cluster, err := startCluster(longLife, wekatest.Plain())
	if err != nil {
		return nil, err
	}
	defer cluster.Close()
	folder, err := os.MkdirTemp("", "torture-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	shared := newSharedCache(cluster, filepath.Join(folder, "cache"))
	call, release, err := connectMany(ctx, cluster, shared.options...)
	if err != nil {
		return nil, err
	}
	defer release()
	calls := startLoad(callers, call)
	revoked, refreshed := 0, 0
	for err = calls.settle(ctx); err == nil && revoked < a.revocations; revoked++ {
		if revoked/2%2 == 1 {
			refreshed++
			err = shared.refresh(ctx)
		}
		if revoked%2 == 0 {
			cluster.RevokeTokens()
		} else {
			cluster.ExpireTokens()
		}
		err = errors.Join(err, calls.settle(ctx))
	}
	calls.stop()
	renewals := cluster.Logins() - 1 + cluster.Refreshes() - refreshed
	if err == nil && renewals != revoked {
		err = fmt.Errorf("%d revocations cost %d logins and refreshes: want one each", revoked, renewals)
	}
	return []row{
		atLeast("revocations", min(revoked, renewals), a.revocations),
		exactly("calls lost to revocation", calls.seen.lost(), 0),
	}, errors.Join(err, calls.seen.err(), cluster.Err())
}

// connectMany makes clients that share a session, and a call that takes turns among
// them.
func connectMany(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func(), err error) {
	var all [sharers]func() error
	var releases []func()
	release = func() {
		for _, end := range releases {
			end()
		}
	}
	for i := range all {
		one, end, err := connect(ctx, cluster, options...)
		if err != nil {
			release()
			return nil, nil, err
		}
		all[i], releases = one, append(releases, end)
	}
	var turn atomic.Uint64
	return func() error { return all[turn.Add(1)%sharers]() }, release, nil
}
