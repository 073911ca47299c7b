package weka_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Take a snapshot, put the filesystem back to it, upload it to the object store, delete
// it.
func ExampleClient_UploadSnapshotAndWait() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		fs, err := c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "projects", GroupName: "default", TotalCapacity: 1 << 40})
		if err != nil {
			return err
		}
		snapshot, err := c.TakeSnapshot(ctx, fs.UID, "monday")
		if err != nil {
			return err
		}
		if _, err := c.RestoreFileSystem(ctx, fs.UID, "monday"); err != nil {
			return err
		}
		progress := weka.OnProgress(func(s *wekaapi.Snapshot) {
			fmt.Println(s.LocalStowInfo.StowStatus, "removing:", s.IsRemoving)
			cluster.Advance(time.Minute) // your own takes its time
		})
		uploaded, err := c.UploadSnapshotAndWait(ctx, snapshot.UID, wekaapi.ObsSiteLocal, time.Hour, progress)
		if err != nil {
			return err
		}
		fmt.Println("it has a locator:", uploaded.LocalStowInfo.Locator != "")
		if err := c.DeleteSnapshotAndWait(ctx, snapshot.UID, time.Hour, progress); err != nil {
			return err
		}
		_, err = c.FindSnapshot(ctx, fs.UID, "monday")
		fmt.Println(err != nil)
		return nil
	})
	// Output:
	// UPLOADING removing: false
	// SYNCHRONIZED removing: false
	// it has a locator: true
	// SYNCHRONIZED removing: true
	// true
}
