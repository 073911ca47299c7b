package weka_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Go through a list, whatever the number of its pages, and stop when it is enough.
func ExampleClient_AllEvents() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		for i := range 5 {
			name := fmt.Sprintf("fs%d", i)
			if _, err := c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: name, GroupName: "default", TotalCapacity: 1 << 30}); err != nil {
				return err
			}
		}
		since, perPage := weka.EventsSince(time.Now().Add(-time.Hour)), int64(2)
		since.NumResults = &perPage
		created := 0
		for event, err := range c.AllEvents(ctx, since) {
			if err != nil {
				return err
			}
			if event.Type == "FilesystemAdded" {
				created++
			}
			if created == 3 {
				break
			}
		}
		fmt.Println(created, "filesystems in", cluster.Count("getEvents"), "pages")
		return nil
	})
	// Output: 3 filesystems in 2 pages
}
