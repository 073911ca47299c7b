// Ours lists filesystems with the SDK. The benchmark measures what it compiles, links and
// depends on.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

func main() {
	c, err := weka.New(os.Getenv("WEKA_HOST"), weka.WithAccessToken(os.Getenv("WEKA_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	all, err := c.FileSystems.List(context.Background(), nil)
	if err != nil {
		log.Print(err)
	}
	for _, fs := range all {
		fmt.Println(fs.Name, fs.TotalBudget)
	}
}
