package ngenea_test

import (
	"context"
	"fmt"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// onHub runs an example against a simulated Hub, in place of your own.
func onHub(example func(context.Context, *ngenea.Client, *ngeneatest.Server) error, options ...ngeneatest.Option) {
	hub, err := ngeneatest.Start(options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	if err := example(context.Background(), h, hub); err != nil {
		fmt.Println(err)
	}
	if err := hub.Err(); err != nil {
		fmt.Println(err)
	}
}
