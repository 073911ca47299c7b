package weka_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Connect to several backends and stay connected: the client logs in when a call first
// needs it, renews its session, and goes on while one backend answers.
func Example_connect() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // in place of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	c, err := weka.New(strings.Join(cluster.URLs(), ","),
		weka.WithPassword("admin", "admin"),
		weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	ctx := context.Background()
	for _, happens := range []func(){
		func() {},
		func() { cluster.StopEndpoint(0) },
		cluster.ExpireTokens,
		cluster.RevokeTokens,
	} {
		happens()
		status, err := c.Cluster.GetClusterStatus(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(status.Status, "in", cluster.Logins(), "logins")
	}
	// Output:
	// OK in 1 logins
	// OK in 1 logins
	// OK in 1 logins
	// OK in 2 logins
}
