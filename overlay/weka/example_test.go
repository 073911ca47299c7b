package weka_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Connect to a cluster and call operations.
func ExampleNew() {
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

	fs, err := c.FileSystems.Create(ctx, wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(fs.Name, fs.TotalBudget)

	_, err = c.FileSystems.Get(ctx, "another", nil)
	fmt.Println(errors.Is(err, weka.ErrNotFound))
	// Output:
	// fs1 1099511627776
	// true
}
