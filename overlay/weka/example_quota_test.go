package weka_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// limitDirectory sets the quota of a directory and waits until all its files are counted,
// lists the quotas of the filesystem, and removes the quota.
func limitDirectory(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	fs, err := c.FindFileSystem(ctx, "projects")
	if err != nil {
		return err
	}
	progress := weka.OnProgress(func(q *wekaapi.Quota) { fmt.Println(q.Status) })
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
}

func ExampleClient_SetQuotaAndWait() {
	cluster, err := wekatest.Start(wekatest.WithTransitionTime(time.Minute)) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Seed("/fileSystems", map[string]any{"name": "projects"})
	cluster.MakeDirectory("projects", "/home/ann", 1000) // with a thousand files
	cluster.Intercept("getQuota", 10, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		cluster.Advance(time.Minute) // between two polls
	})
	if err := limitDirectory(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ADDING
	// ACTIVE
	// /home/ann 100 GiB
	// DELETING
	// no quota: true
}
