package weka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Connect to several backends. The client logs in with the first call, renews its session,
// and works as long as one backend responds.
func Example_connect() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // a simulator
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
	for _, event := range []func(){
		func() {},
		func() { cluster.StopEndpoint(0) },
		cluster.ExpireTokens,
		cluster.RevokeTokens,
	} {
		event()
		status, err := c.Cluster.GetStatus(ctx)
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

// Pass one backend and ask the cluster for the others. The backends of the simulator share a
// certificate, which discovery over TLS needs.
func ExampleWithDiscovery() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // a simulator
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
	for answered.Endpoint == "" || answered.Endpoint == cluster.URL { // until another backend was found and probed
		if _, err := c.Cluster.GetStatus(ctx, weka.WithResponse(&answered)); err != nil {
			fmt.Println(err)
			return
		}
	}
	cluster.StopEndpoint(0) // the one that New was given
	status, err := c.Cluster.GetStatus(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(status.Status)
	// Output: OK
}

// Without any backend left, the error has the failure of each.
func ExampleEndpointsError() {
	cluster, err := wekatest.Start(wekatest.Endpoints(3)) // a simulator
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
	_, err = c.Cluster.GetStatus(context.Background())
	var none *weka.EndpointsError
	fmt.Println(errors.Is(err, weka.ErrUnavailable), errors.As(err, &none))
	// Output: true true
}
