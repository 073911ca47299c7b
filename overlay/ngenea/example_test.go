package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Migrate files and wait for the job.
func Example() {
	hub, err := ngeneatest.Start() // a simulator
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
	ctx := context.Background()

	job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if job, err = h.WaitJob(ctx, job.ID, time.Minute); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Type, job.State)
	// Output: migrate SUCCESS
}

// Call a route that the services do not have, in the same session and with the same errors.
// Do adds the slash that a POST needs at the end.
func ExampleClient_Do() {
	hub, err := ngeneatest.Start() // a simulator
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
	ctx := context.Background()

	body := map[string]any{"workflow": "migrate", "site": "dfoster1", "paths": []string{"/mmfs1/data"}, "discovery": nil}
	var job struct {
		ID int64 `json:"id"`
	}
	if err := h.Do(ctx, "POST", "/file/workflow", body, &job); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("job", job.ID)
	err = h.Do(ctx, "GET", "/of/another/release", nil, nil)
	fmt.Println(errors.Is(err, ngenea.ErrRouteMissing))
	// Output:
	// job 1
	// true
}
