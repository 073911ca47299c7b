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

// Look at the whole cluster. A part that cannot be had does not hide the others.
func ExampleClient_GetOverview() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		yesterday := time.Now().Add(-24 * time.Hour)
		overview, err := c.GetOverview(ctx, yesterday)
		if err != nil {
			return err
		}
		fmt.Println(overview.Cluster.Status, len(overview.Containers) > 0, len(overview.Drives) > 0, len(overview.Alerts), len(overview.Stats) > 0)

		cluster.Fail("getDrives", 1, http.StatusForbidden, `{"data":"Forbidden"}`)
		overview, err = c.GetOverview(ctx, yesterday)
		var partial *weka.OverviewError
		if errors.As(err, &partial) {
			fmt.Println(len(partial.Failures), "part missing, drives known:", overview.Drives != nil, "status:", overview.Cluster.Status)
		}
		return nil
	})
	// Output:
	// OK true true 0 true
	// 1 part missing, drives known: false status: OK
}
