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

// Create a filesystem and wait, find it by name, resize it, delete it and wait until it
// is gone.
func ExampleClient_CreateFileSystemAndWait() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		progress := weka.OnProgress(func(fs *wekaapi.FileSystem) {
			fmt.Println(fs.Name, fs.Status)
			cluster.Advance(time.Minute) // your own takes its time
		})
		body := wekaapi.CreateFileSystemBody{Name: "projects", GroupName: "default", TotalCapacity: 1 << 40}
		if _, err := c.CreateFileSystemAndWait(ctx, body, 5*time.Minute, progress); err != nil {
			return err
		}
		fs, err := c.FindFileSystem(ctx, "projects")
		if err != nil {
			return err
		}
		if fs, err = c.ResizeFileSystem(ctx, fs.UID, 2<<40); err != nil {
			return err
		}
		fmt.Println("bytes:", fs.TotalBudget)
		if err := c.DeleteFileSystemAndWait(ctx, fs.UID, nil, 5*time.Minute, progress); err != nil {
			return err
		}
		_, err = c.FindFileSystem(ctx, "projects")
		fmt.Println("gone:", errors.Is(err, weka.ErrNotFound))
		return nil
	})
	// Output:
	// projects CREATING
	// projects READY
	// bytes: 2199023255552
	// projects REMOVING
	// gone: true
}
