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

// uploadSnapshot takes a snapshot, restores the filesystem from it, uploads it to the
// object store, and deletes it.
func uploadSnapshot(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	fs, err := c.FindFileSystem(ctx, "projects")
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
	})
	uploaded, err := c.UploadSnapshotAndWait(ctx, snapshot.UID, wekaapi.ObjectStoreSiteLocal, time.Hour, progress)
	if err != nil {
		return err
	}
	fmt.Println("has a locator:", uploaded.LocalStowInfo.Locator != "")
	if err := c.DeleteSnapshotAndWait(ctx, snapshot.UID, time.Hour, progress); err != nil {
		return err
	}
	_, err = c.FindSnapshot(ctx, fs.UID, "monday")
	fmt.Println("gone:", errors.Is(err, weka.ErrNotFound))
	return nil
}

func ExampleClient_UploadSnapshotAndWait() {
	cluster, err := wekatest.Start(wekatest.WithTransitionTime(time.Minute)) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Seed("/fileSystems", map[string]any{"name": "projects"})
	cluster.Intercept("getSnapshot", 10, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		cluster.Advance(time.Minute) // between two polls
	})
	if err := uploadSnapshot(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// UPLOADING removing: false
	// SYNCHRONIZED removing: false
	// has a locator: true
	// SYNCHRONIZED removing: true
	// gone: true
}
