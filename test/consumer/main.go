// Command consumer migrates the filesystems of a WEKA cluster that are nearly full to cold
// storage, through an Ngenea Hub. It is a module of its own that imports the SDK like any
// other program, and tests itself with the simulators.
//
//	WEKA_HOST=weka01 WEKA_USERNAME=… WEKA_PASSWORD=… NGENEA_URL=… NGENEA_CLIENT_KEY=… consumer SITE
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/weka"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: consumer SITE")
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, site string) error {
	cluster, err := weka.New("", weka.FromEnv())
	if err != nil {
		return err
	}
	defer cluster.Close()
	hub, err := ngenea.New("", ngenea.FromEnv())
	if err != nil {
		return err
	}
	defer hub.Close()
	moved, err := tierDown(ctx, cluster, hub, site)
	for _, path := range moved {
		fmt.Println("moved", path)
	}
	return err
}
