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

// Ask what went wrong with errors.Is, and for more with errors.As.
func ExampleError() {
	onCluster(func(ctx context.Context, c *weka.Client, _ *wekatest.Server) error {
		_, err := c.Filesystem.GetFileSystem(ctx, "00000000-0000-0000-0000-000000000000", nil)
		fmt.Println("not found:", errors.Is(err, weka.ErrNotFound))

		body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
		for range 2 {
			_, err = c.Filesystem.CreateFileSystem(ctx, body)
		}
		fmt.Println("exists:", errors.Is(err, weka.ErrAlreadyExists))

		var failed *weka.Error
		if errors.As(err, &failed) {
			fmt.Println(failed.Operation, failed.Status, failed.Attempts)
		}

		err = c.Do(ctx, "GET", "/fileSystems?forse_fresh=true", nil, nil)
		var invalid *weka.ValidationError
		if errors.As(err, &invalid) {
			fmt.Println("unknown:", invalid.Unknown)
		}
		return nil
	})
	// Output:
	// not found: true
	// exists: true
	// createFileSystem 400 1
	// unknown: [forse_fresh]
}

// A wait that ends early says what it saw last.
func ExampleWaitError() {
	onCluster(func(ctx context.Context, c *weka.Client, _ *wekatest.Server) error {
		body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
		_, err := c.CreateFileSystemAndWait(ctx, body, time.Second) // it takes a minute
		var early *weka.WaitError[*wekaapi.FileSystem]
		if errors.As(err, &early) {
			fmt.Println(errors.Is(err, weka.ErrWaitTimeout), early.State, early.Last.Name)
		}
		return nil
	})
	// Output: true CREATING fs1
}
