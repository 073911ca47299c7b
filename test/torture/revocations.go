package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
	"github.com/hotcold-go/hotcold/test/load"
	"github.com/hotcold-go/hotcold/test/must"
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	// callers is how many goroutines call while sessions are revoked.
	callers = 64
	// sharedClients is how many clients they use, which share a token cache.
	sharedClients = 4
	// clusterName names the session in that cache.
	clusterName = "torture"
)

// measureRevocations ends all sessions, in turn with their refresh tokens and without, at any
// moment of the calls under way. A client with a password recovers from both. Every goroutine
// meets each of them, and no call meets two: the SDK sends a call again once. Before every
// other pair of revocations another process refreshes the session, so that the token in the
// cache is as dead as the clients' own.
func measureRevocations(ctx context.Context, a amounts) (rows []results.Row, err error) {
	defer must.Catch(&err)
	cluster := startCluster(longLife, wekatest.Plain())
	defer cluster.Close()
	folder := must.Get(os.MkdirTemp("", "torture-"))
	defer func() { _ = os.RemoveAll(folder) }()
	cache := filepath.Join(folder, "cache")
	call, release := connectMany(ctx, cluster, weka.WithTokenCache(cache), weka.WithClusterName(clusterName))
	defer release()
	calls := load.Start(callers, 0, call)
	revoked, refreshed := 0, 0
	err = must.Run(func() {
		must.Succeed(calls.Settle(ctx))
		for ; revoked < a.revocations; revoked++ {
			if revoked/2%2 == 1 {
				refreshed++
				refreshElsewhere(ctx, cluster, cache)
			}
			if revoked%2 == 0 {
				cluster.RevokeTokens()
			} else {
				cluster.ExpireTokens()
			}
			must.Succeed(calls.Settle(ctx))
		}
	})
	seen := calls.Stop()
	renewals := cluster.Logins() - 1 + cluster.Refreshes() - refreshed
	if err == nil && renewals != revoked {
		err = fmt.Errorf("%d revocations cost %d logins and refreshes: want one each", revoked, renewals)
	}
	return []results.Row{
		results.AtLeast("revocations", min(revoked, renewals), results.Count, a.revocations),
		results.Exactly("calls lost to revocation", seen.Lost(), 0),
	}, errors.Join(err, seen.Err(), cluster.Err())
}

// connectMany returns a call that takes turns among clients that share a session.
func connectMany(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func()) {
	var calls [sharedClients]func() error
	var releases [sharedClients]func()
	for i := range calls {
		calls[i], releases[i] = connect(ctx, cluster, options...)
	}
	var turn atomic.Uint64
	return func() error { return calls[turn.Add(1)%sharedClients]() }, func() {
		for _, end := range releases {
			end()
		}
	}
}

// refreshElsewhere renews the session in a token cache, like a process that refreshes early.
func refreshElsewhere(ctx context.Context, cluster *wekatest.Server, folder string) {
	c := must.Get(weka.New(cluster.URL))
	defer c.Close()
	identity := token.Identity{System: "weka", Cluster: clusterName, User: "admin", Organization: "Root"}
	must.Succeed(token.NewCache(folder).Update(ctx, identity, func(current token.Token) (renewed token.Token, err error) {
		defer must.Catch(&err)
		issued := time.Now()
		tokens := must.Get(c.Login.RefreshToken(ctx, wekaapi.RefreshTokenBody{
			RefreshToken: weka.NewSecret(current.Refresh.Reveal()),
		}))
		return token.Token{
			Access: api.NewSecret(tokens.AccessToken.Reveal()), Refresh: api.NewSecret(tokens.RefreshToken.Reveal()),
			Issued: issued, Expiry: issued.Add(longLife),
		}, nil
	}))
}
