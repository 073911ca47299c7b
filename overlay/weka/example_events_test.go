package weka_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// findNewFileSystems reads events page by page until it has seen three new filesystems.
func findNewFileSystems(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	params, perPage := weka.EventsSince(time.Now().Add(-time.Hour)), int64(2)
	params.NumResults = &perPage
	created := 0
	for event, err := range c.AllEvents(ctx, params) {
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
	fmt.Println(created, "new filesystems")
	return nil
}

func ExampleClient_AllEvents() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	ctx := context.Background()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	for i := range 5 {
		body := wekaapi.CreateFileSystemBody{Name: fmt.Sprintf("fs%d", i), GroupName: "default", TotalCapacity: 1 << 30}
		if _, err := c.FileSystems.Create(ctx, body); err != nil {
			fmt.Println(err)
		}
	}
	if err := findNewFileSystems(ctx, cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(cluster.Count("getEvents"), "pages")
	// Output:
	// 3 new filesystems
	// 2 pages
}
