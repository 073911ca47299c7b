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
	"github.com/hotcold-go/hotcold/test/results"
)

const (
	// callers is how many goroutines call while sessions are revoked.
	callers = 64
	// sharedClients is how many clients they use, which share a token cache.
	sharedClients = 4
)

// measureRevocations ends all sessions, in turn with their refresh tokens and without, at any
// moment of the calls under way. A client with a password recovers from both. Before every
// other pair of revocations another process refreshes the session, so that the token in the
// cache is as dead as the clients' own.
func measureRevocations(ctx context.Context, a amounts) ([]results.Row, error) {
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
	return []results.Row{
		results.AtLeast("revocations", min(revoked, renewals), results.Count, a.revocations),
		results.Exactly("calls lost to revocation", calls.seen.lost(), 0),
	}, errors.Join(err, calls.seen.err(), cluster.Err())
}

// connectMany returns a call that takes turns among clients that share a session.
func connectMany(ctx context.Context, cluster *wekatest.Server, options ...weka.Option) (call func() error, release func(), err error) {
	var all [sharedClients]func() error
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
	return func() error { return all[turn.Add(1)%sharedClients]() }, release, nil
}

// sharedCache is a token cache as another process sees it.
type sharedCache struct {
	cluster  *wekatest.Server
	options  []weka.Option // of the clients that use it
	store    token.Store
	identity token.Identity
}

func newSharedCache(cluster *wekatest.Server, folder string) *sharedCache {
	const name = "torture"
	return &sharedCache{
		cluster:  cluster,
		options:  []weka.Option{weka.WithTokenCache(folder), weka.WithClusterName(name)},
		store:    token.NewCache(folder),
		identity: token.Identity{System: "weka", Cluster: name, User: "admin", Organization: "Root"},
	}
}

// refresh renews the session in the cache, like a process that refreshes early.
func (s *sharedCache) refresh(ctx context.Context) error {
	c, err := weka.New(s.cluster.URL)
	if err != nil {
		return err
	}
	defer c.Close()
	return s.store.Update(ctx, s.identity, func(current token.Token) (token.Token, error) {
		issued := time.Now()
		tokens, err := c.Login.RefreshToken(ctx, wekaapi.RefreshTokenBody{
			RefreshToken: weka.NewSecret(current.Refresh.Reveal()),
		})
		if err != nil {
			return token.Token{}, err
		}
		return token.Token{
			Access: api.NewSecret(tokens.AccessToken.Reveal()), Refresh: api.NewSecret(tokens.RefreshToken.Reveal()),
			Issued: issued, Expiry: issued.Add(longLife),
		}, nil
	})
}
