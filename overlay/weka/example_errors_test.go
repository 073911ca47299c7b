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

// Test for the class of an error with errors.Is, and get its details with errors.As.
func ExampleError() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	ctx := context.Background()

	_, err = c.FileSystems.Get(ctx, "00000000-0000-0000-0000-000000000000", nil)
	fmt.Println("not found:", errors.Is(err, weka.ErrNotFound))

	body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
	for range 2 {
		_, err = c.FileSystems.Create(ctx, body)
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
	// Output:
	// not found: true
	// exists: true
	// createFileSystem 400 1
	// unknown: [forse_fresh]
}

// The error of a wait has the object as it was seen last.
func ExampleWaitError() {
	cluster, err := wekatest.Start(wekatest.WithTransitionTime(time.Hour)) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	c, err := weka.New(cluster.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(cluster.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40}
	_, err = c.CreateFileSystemAndWait(context.Background(), body, 2*time.Second)
	var early *weka.WaitError[*wekaapi.FileSystem]
	if errors.As(err, &early) {
		fmt.Println(errors.Is(err, weka.ErrWaitTimeout), early.What, early.State)
	}
	// Output: true filesystem "fs1" CREATING
}
