package main

import (
	"context"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

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

// refresh renews the session in the cache, as a process does whose clock or chance
// says that it is time.
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
