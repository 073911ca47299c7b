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

// manageFileSystem creates a filesystem and waits until it is ready, finds it by name,
// resizes it, deletes it and waits until it is gone.
func manageFileSystem(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	progress := weka.OnProgress(func(fs *wekaapi.FileSystem) { fmt.Println(fs.Name, fs.Status) })
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
}

func ExampleClient_CreateFileSystemAndWait() {
	cluster, err := wekatest.Start(wekatest.WithTransitionTime(time.Minute)) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Intercept("getFileSystem", 10, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		cluster.Advance(time.Minute) // between two polls
	})
	if err := manageFileSystem(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// projects CREATING
	// projects READY
	// bytes: 2199023255552
	// projects REMOVING
	// gone: true
}
