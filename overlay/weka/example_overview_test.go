package weka_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// printOverview prints the state of a cluster, as far as it can be read.
func printOverview(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	overview, err := c.GetOverview(ctx, time.Now().Add(-24*time.Hour))
	var partial *weka.OverviewError
	if errors.As(err, &partial) {
		fmt.Println(len(partial.Failures), "part could not be read")
	}
	if overview.Cluster != nil {
		fmt.Println("status:", overview.Cluster.Status)
	}
	fmt.Println("containers:", len(overview.Containers) > 0, "drives:", len(overview.Drives) > 0, "alerts:", len(overview.Alerts))
	return nil
}

func ExampleClient_GetOverview() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Fail("getDrives", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
	if err := printOverview(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 part could not be read
	// status: OK
	// containers: true drives: false alerts: 0
}
