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

// Use the session of the vendor's command line. A refreshed token is written back, so that
// the command line stays logged in.
func ExampleWithTokenFile() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	folder, err := os.MkdirTemp("", "weka")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "auth-token.json") // "" is ~/.weka/auth-token.json

	// The first client has a password and writes its session to the file.
	for _, options := range [][]weka.Option{
		{weka.WithTokenFile(file), weka.WithPassword("admin", "admin")},
		{weka.WithTokenFile(file)},
	} {
		c, err := weka.New(cluster.URL, append(options, weka.WithCAFile(cluster.CAFile()))...)
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
			fmt.Println(err)
		}
		c.Close()
		cluster.ExpireTokens()
	}
	fmt.Println(cluster.Logins(), "login,", cluster.Refreshes(), "refresh")
	// Output: 1 login, 1 refresh
}

// Make a token that lives a week, for a program without a password.
func ExampleClient_LongLivedToken() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	ctx := context.Background()
	week, err := c.LongLivedToken(ctx, 7*24*time.Hour)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the token prints as", week)

	program, err := weka.New(cluster.URL, weka.WithAccessToken(week.Reveal()), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	_, err = program.Cluster.GetStatus(ctx)
	fmt.Println("error:", err)
	cluster.RevokeTokens()
	_, err = program.Cluster.GetStatus(ctx)
	fmt.Println("revoked:", errors.Is(err, weka.ErrTokenRejected))
	// Output:
	// the token prints as [redacted]
	// error: <nil>
	// revoked: true
}

// Take address and credentials from the environment, like the vendor's command line.
func ExampleFromEnv() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	for name, value := range map[string]string{"WEKA_HOST": cluster.URL, "WEKA_USERNAME": "admin", "WEKA_PASSWORD": "admin", "WEKA_CA_FILE": cluster.CAFile()} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Println(err)
		}
		defer func() { _ = os.Unsetenv(name) }()
	}

	c, err := weka.New("", weka.FromEnv())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	_, err = c.Cluster.GetStatus(context.Background())
	fmt.Println("error:", err)
	// Output: error: <nil>
}

// Share a session with all processes of the machine.
func ExampleWithTokenCache() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	folder, err := os.MkdirTemp("", "weka")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for range 3 { // processes
		c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
			weka.WithTokenCache(filepath.Join(folder, "tokens")))
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

// Ask for the password when a login needs it, such as on a terminal.
func ExampleWithPasswordFunc() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	ask := func(context.Context) (string, error) {
		fmt.Println("asked")
		return "admin", nil
	}
	c, err := weka.New(cluster.URL, weka.WithPasswordFunc("admin", ask), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	for range 3 {
		if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
			fmt.Println(err)
		}
	}
	// Output: asked
}

// Take tokens from a function, such as a secret manager's client. It is called again when
// the cluster rejects a token.
func ExampleWithTokenFunc() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	admin, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer admin.Close()
	issue := func(ctx context.Context) (weka.Token, error) {
		week, err := admin.LongLivedToken(ctx, 7*24*time.Hour)
		if err != nil {
			return weka.Token{}, err
		}
		fmt.Println("issued")
		return weka.NewToken(week.Reveal()), nil
	}
	c, err := weka.New(cluster.URL, weka.WithTokenFunc(issue), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	if _, err := c.Cluster.GetStatus(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output: issued
}

// Share a session with the clients of a process. A store of your own has two methods:
// overlay/token has an example.
func ExampleWithTokenStore() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	store := token.NewMemoryStore()
	for range 3 { // clients
		c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()), weka.WithTokenStore(store))
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
