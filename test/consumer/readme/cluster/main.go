// Command cluster creates a filesystem and lists all filesystems of a WEKA cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

func main() {
	ctx := context.Background()
	c, err := weka.New(os.Getenv("WEKA_HOST"), weka.WithPassword("admin", os.Getenv("WEKA_PASSWORD")), weka.WithCAFile("weka-ca.pem"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.FileSystems.Create(ctx, wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 40})
	if err != nil && !errors.Is(err, weka.ErrAlreadyExists) {
		log.Fatal(err)
	}
	filesystems, err := c.FileSystems.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, fs := range filesystems {
		fmt.Printf("%s: %d of %d bytes used, %s\n", fs.Name, fs.UsedTotal, fs.TotalBudget, fs.Status)
	}
}
