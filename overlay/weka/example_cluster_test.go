package weka_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// onCluster runs an example against a simulated cluster, in place of your own: what takes
// time there takes a minute, unless an example moves the clock ahead.
func onCluster(example func(context.Context, *weka.Client, *wekatest.Server) error, options ...wekatest.Option) {
	cluster, err := wekatest.Start(append(options, wekatest.WithTransitionTime(time.Minute))...)
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
	if err := example(context.Background(), c, cluster); err != nil {
		fmt.Println(err)
	}
	if err := cluster.Err(); err != nil {
		fmt.Println(err)
	}
}
