package weka_test

import (
	"context"
	"errors"
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

// Name one backend and have the cluster name the others, so that calls go on without the
// first. The simulator's backends share a certificate, as discovery over TLS wants it.
func ExampleWithDiscovery() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // in place of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()), weka.WithDiscovery())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	ctx := context.Background()
	var answered weka.Response
	for answered.Endpoint == "" || answered.Endpoint == cluster.URL { // the others are used once they were asked for and probed
		if _, err := c.Cluster.GetClusterStatus(ctx, weka.WithResponse(&answered)); err != nil {
			fmt.Println(err)
			return
		}
	}
	cluster.StopEndpoint(0) // the one that we named
	status, err := c.Cluster.GetClusterStatus(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(status.Status)
	// Output: OK
}

// With no backend left, the error names each with its reason.
func ExampleEndpointsError() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // in place of your own
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(strings.Join(cluster.URLs(), ","), weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()),
		weka.WithRetryPolicy(weka.RetryPolicy{Attempts: 1}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	for number := range 3 {
		cluster.StopEndpoint(number)
	}
	_, err = c.Cluster.GetClusterStatus(context.Background())
	var none *weka.EndpointsError
	fmt.Println(errors.Is(err, weka.ErrUnavailable), errors.As(err, &none))
	// Output: true true
}
