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

// second makes one more client of the Hub, as another process would, and uses it.
func second(ctx context.Context, hub *ngeneatest.Server, options ...ngenea.Option) error {
	h, err := ngenea.New(hub.URL, append(options, ngenea.WithCAFile(hub.CAFile()))...)
	if err != nil {
		return err
	}
	defer h.Close()
	_, err = h.Alerts.ListAlerts(ctx, nil)
	return err
}
