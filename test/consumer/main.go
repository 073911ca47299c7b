// Consumer is the README's example, compiled: a program of somebody else's that
// uses the SDK.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

func main() {
	c, err := weka.New("", weka.FromEnv()) // WEKA_HOST, WEKA_USERNAME, WEKA_PASSWORD
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	filesystems, err := c.Filesystem.GetFileSystems(context.Background(), nil)
	if err != nil {
		log.Fatal(err) // errors.Is(err, weka.ErrLockedOut) and the like tell what to do
	}
	for _, fs := range filesystems {
		fmt.Printf("%s: %d of %d bytes used\n", fs.Name, fs.UsedTotal, fs.TotalBudget)
	}
}
