package weka_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Limit what lies below a directory, by its path.
func ExampleClient_SetQuotaAndWait() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		fs, err := c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "projects", GroupName: "default", TotalCapacity: 1 << 40})
		if err != nil {
			return err
		}
		cluster.MakeDirectory("projects", "/home/ann", 1000) // with a thousand files
		_, err = c.GetQuota(ctx, fs.UID, "/home/ann")
		fmt.Println("no quota:", errors.Is(err, weka.ErrNotFound))

		progress := weka.OnProgress(func(q *wekaapi.Quota) {
			fmt.Println(q.Status)
			cluster.Advance(time.Minute) // your own takes its time
		})
		limits := weka.QuotaLimits{Hard: 100 << 30, Soft: 90 << 30, Grace: 24 * time.Hour}
		if _, err := c.SetQuotaAndWait(ctx, fs.UID, "/home/ann", limits, time.Hour, progress); err != nil {
			return err
		}
		for quota, err := range c.AllQuotas(ctx, fs.UID, nil) {
			if err != nil {
				return err
			}
			fmt.Println(quota.Path, quota.HardLimitBytes>>30, "GiB")
		}
		if err := c.RemoveQuotaAndWait(ctx, fs.UID, "/home/ann", time.Hour, progress); err != nil {
			return err
		}
		_, err = c.GetQuota(ctx, fs.UID, "/home/ann")
		fmt.Println("no quota:", errors.Is(err, weka.ErrNotFound))
		return nil
	})
	// Output:
	// no quota: true
	// ADDING
	// ACTIVE
	// /home/ann 100 GiB
	// DELETING
	// no quota: true
}
