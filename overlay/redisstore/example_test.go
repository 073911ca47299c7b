package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/hotcold-go/hotcold/overlay/redisstore"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// connect makes the client of a process that shares its session through Redis.
func connect(cluster *wekatest.Server, redisAddress string, login weka.Option) (*weka.Client, error) {
	// Or the addresses of a cluster, or of Sentinel with MasterName.
	server := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{redisAddress}})
	key := weka.NewSecret(strings.Repeat("k", 32)) // 32 random bytes, such as from a file
	store, err := redisstore.New(server, redisstore.Config{Keys: []redisstore.Key{{ID: "2026-11", Secret: key}}})
	if err != nil {
		return nil, err
	}
	return weka.New(cluster.URL, login, weka.WithCAFile(cluster.CAFile()), weka.WithTokenStore(store))
}

// Processes on any number of machines share one session.
func Example() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	server := miniredis.NewMiniRedis() // a simulator too
	if err := server.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	for range 3 { // machines
		c, err := connect(cluster, server.Addr(), weka.WithPassword("admin", "admin"))
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
			fmt.Println(err)
		}
		c.Close()
	}
	fmt.Println(cluster.Logins(), "login")
	// Output: 1 login
}

// One process has the password: the keeper, which calls now and then. All others have no
// credentials, only the name of the user. They refresh the session too, so it ends only if
// the keeper is away when the refresh token does. If the system replaces refresh tokens, one
// that is lost, as with a process that is killed at a refresh, ends it until the keeper's next
// call: let the keeper call more often than an access token lives.
func Example_keeper() {
	cluster, err := wekatest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	noPassword := weka.WithPasswordFunc("admin", func(context.Context) (string, error) { return "", weka.ErrNoCredentials })
	keeper, err := connect(cluster, server.Addr(), weka.WithPassword("admin", "admin"))
	if err != nil {
		fmt.Println(err)
		return
	}
	other, err := connect(cluster, server.Addr(), noPassword)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer other.Close()
	call := func(who string, c *weka.Client) {
		_, err := c.Cluster.GetStatus(context.Background())
		switch {
		case errors.Is(err, weka.ErrSessionEnded):
			fmt.Println(who+":", "the session has ended")
		case errors.Is(err, weka.ErrNoCredentials):
			fmt.Println(who+":", "there is no session yet")
		default:
			fmt.Println(who+":", err)
		}
	}
	call("other", other)
	call("keeper", keeper)
	<-time.After(time.Second) // a client without a session looks for one each second
	call("other", other)
	keeper.Close()
	cluster.ExpireTokens() // the access token
	call("other, without the keeper", other)
	cluster.Advance(31 * 24 * time.Hour) // the refresh token
	call("other, without the keeper", other)

	keeper, err = connect(cluster, server.Addr(), weka.WithPassword("admin", "admin"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer keeper.Close()
	call("keeper", keeper)
	<-time.After(time.Second)
	call("other", other)
	// Output:
	// other: there is no session yet
	// keeper: <nil>
	// other: <nil>
	// other, without the keeper: <nil>
	// other, without the keeper: the session has ended
	// keeper: <nil>
	// other: <nil>
}
