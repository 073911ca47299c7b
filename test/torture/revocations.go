package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// callers is how many goroutines call without a pause while sessions are revoked.
const callers = 64

// measureRevocations ends all sessions, by turns with their refresh tokens and
// without, at any moment of the calls under way. A client that holds the password
// makes up for both.
func measureRevocations(ctx context.Context, a amounts) ([]row, error) {
	cluster, err := startCluster(longLife, wekatest.Plain())
	if err != nil {
		return nil, err
	}
	defer cluster.Close()
	call, release, err := connect(ctx, cluster)
	if err != nil {
		return nil, err
	}
	defer release()
	calls := startLoad(callers, call)
	revoked := 0
	for err = calls.settle(ctx); err == nil && revoked < a.revocations; revoked++ {
		if revoked%2 == 0 {
			cluster.RevokeTokens()
		} else {
			cluster.ExpireTokens()
		}
		err = calls.settle(ctx)
	}
	calls.stop()
	renewals := cluster.Logins() - 1 + cluster.Refreshes()
	if err == nil && renewals != revoked {
		err = fmt.Errorf("%d revocations cost %d logins and refreshes: want one each", revoked, renewals)
	}
	return []row{
		atLeast("revocations", min(revoked, renewals), a.revocations),
		exactly("calls lost to revocation", calls.seen.lost(), 0),
	}, errors.Join(err, calls.seen.err(), cluster.Err())
}
