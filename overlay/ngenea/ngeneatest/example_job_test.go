package ngeneatest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Have the next job fail, and see what your own code makes of it.
func ExampleServer_NextJobs() {
	hub, err := ngeneatest.Start() // in a test: ngeneatest.New(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(hub.Transport()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()

	archive := func() error { // your own code
		job, err := h.Migrate(context.Background(), ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
		if err != nil {
			return err
		}
		_, err = h.WaitJob(context.Background(), job.ID, time.Minute)
		return err
	}
	fmt.Println(archive())
	hub.NextJobs(1, ngeneatest.Fails)
	fmt.Println(errors.Is(archive(), ngenea.ErrJobFailed))
	// Output:
	// <nil>
	// true
}
