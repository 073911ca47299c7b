package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

func provision(ctx context.Context, host, password, caFile string) error {
	// README begins
	c, err := weka.New(host, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40})
	if err != nil && !errors.Is(err, weka.ErrAlreadyExists) {
		return err
	}
	filesystems, err := c.Filesystem.GetFileSystems(ctx, nil)
	for _, fs := range filesystems {
		fmt.Printf("%s: %d of %d bytes used, %s\n", fs.Name, fs.UsedTotal, fs.TotalBudget, fs.Status)
	}
	return err
	// README ends
}
