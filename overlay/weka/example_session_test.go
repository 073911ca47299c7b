package weka_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// second makes one more client of the cluster, as another process would, and uses it.
func second(ctx context.Context, cluster *wekatest.Server, address string, options ...weka.Option) error {
	c, err := weka.New(address, append(options, weka.WithCAFile(cluster.CAFile()))...)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Cluster.GetClusterStatus(ctx)
	return err
}

// Use the session of the vendor's command line. The file names no cluster, so the address
// is told; what is refreshed is written back, so that the command line stays logged in.
func ExampleWithTokenFile() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		folder, err := os.MkdirTemp("", "weka")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		file := filepath.Join(folder, "auth-token.json") // "" is ~/.weka/auth-token.json

		// The first client has a password, and leaves its session in the file.
		if err := second(ctx, cluster, cluster.URL, weka.WithTokenFile(file), weka.WithPassword("admin", "admin")); err != nil {
			return err
		}
		cluster.ExpireTokens()
		if err := second(ctx, cluster, cluster.URL, weka.WithTokenFile(file)); err != nil {
			return err
		}
		fmt.Println(cluster.Logins(), "login,", cluster.Refreshes(), "refresh")
		return nil
	})
	// Output: 1 login, 1 refresh
}

// Give a program a token of its own for a week, and no password.
func ExampleClient_LongLivedToken() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		week, err := c.LongLivedToken(ctx, 7*24*time.Hour)
		if err != nil {
			return err
		}
		fmt.Println("the token prints as", week)
		if err := second(ctx, cluster, cluster.URL, weka.WithAccessToken(week.Reveal())); err != nil {
			return err
		}
		cluster.RevokeTokens()
		err = second(ctx, cluster, cluster.URL, weka.WithAccessToken(week.Reveal()))
		fmt.Println("after it was revoked:", errors.Is(err, weka.ErrTokenRejected))
		return nil
	})
	// Output:
	// the token prints as [redacted]
	// after it was revoked: true
}

// Take address and credentials from the environment, as the vendor's command line does.
func ExampleFromEnv() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		for name, value := range map[string]string{"WEKA_HOST": cluster.URL, "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin"} {
			if err := os.Setenv(name, value); err != nil {
				return err
			}
			defer func() { _ = os.Unsetenv(name) }()
		}
		if err := second(ctx, cluster, "", weka.FromEnv()); err != nil {
			return err
		}
		fmt.Println(cluster.Logins(), "login")
		return nil
	})
	// Output: 1 login
}

// Share one session with every process of the machine.
func ExampleWithTokenCache() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		folder, err := os.MkdirTemp("", "weka")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		for range 3 { // processes
			if err := second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithTokenCache(filepath.Join(folder, "tokens"))); err != nil {
				return err
			}
		}
		fmt.Println(cluster.Logins(), "login")
		return nil
	})
	// Output: 1 login
}

// Ask for the password when it is needed: a terminal, or a secret manager.
func ExampleWithPasswordFunc() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		ask := func(context.Context) (string, error) {
			fmt.Println("asked")
			return "admin", nil
		}
		c, err := weka.New(cluster.URL, weka.WithPasswordFunc("admin", ask), weka.WithCAFile(cluster.CAFile()))
		if err != nil {
			return err
		}
		defer c.Close()
		for range 3 {
			if _, err := c.Cluster.GetClusterStatus(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	// Output: asked
}

// Take tokens from a function: whatever issues them at your site. It is asked again when
// the cluster does not take one any more.
func ExampleWithTokenFunc() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		issue := func(ctx context.Context) (weka.Token, error) {
			week, err := c.LongLivedToken(ctx, 7*24*time.Hour)
			if err != nil {
				return weka.Token{}, err
			}
			fmt.Println("issued")
			return weka.NewToken(week.Reveal()), nil
		}
		return second(ctx, cluster, cluster.URL, weka.WithTokenFunc(issue))
	})
	// Output: issued
}

// Keep the session in a store. This one is for the clients of a process; one of your own
// is two methods, and overlay/token has an example of it.
func ExampleWithTokenStore() {
	onCluster(func(ctx context.Context, _ *weka.Client, cluster *wekatest.Server) error {
		store := token.NewMemoryStore()
		for range 3 { // clients
			if err := second(ctx, cluster, cluster.URL, weka.WithPassword("admin", "admin"), weka.WithTokenStore(store)); err != nil {
				return err
			}
		}
		fmt.Println(cluster.Logins(), "login")
		return nil
	})
	// Output: 1 login
}
