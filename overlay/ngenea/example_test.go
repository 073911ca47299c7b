package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func Example() {
	ctx := context.Background()
	hub, err := ngeneatest.Start() // a simulator; a program has the address of its Hub
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

	job, err := h.Submit(ctx, ngenea.Submission{Workflow: "migrate", Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	job, err = h.WaitJob(ctx, job.ID, time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Type, job.State)

	_, err = h.Recall(ctx, ngenea.Tiering{Site: "nowhere", Paths: []string{"/mmfs1/data"}})
	var refused *ngenea.ValidationError
	fmt.Println(errors.As(err, &refused) && len(refused.Fields["site"]) > 0)
	// Output:
	// migrate SUCCESS
	// true
}

// A route that the contract does not know is called by its path, in the same session and
// with the same errors. The slash that a POST wants at its end is added.
func ExampleClient_Do() {
	onHub(func(ctx context.Context, h *ngenea.Client, _ *ngeneatest.Server) error {
		body := map[string]any{"workflow": "migrate", "site": "dfoster1", "paths": []string{"/mmfs1/data"}, "discovery": nil}
		var job struct {
			ID int64 `json:"id"`
		}
		if err := h.Do(ctx, "POST", "/file/workflow", body, &job); err != nil {
			return err
		}
		fmt.Println("job", job.ID)
		err := h.Do(ctx, "GET", "/of/another/release", nil, nil)
		fmt.Println(errors.Is(err, ngenea.ErrRouteMissing))
		return nil
	})
	// Output:
	// job 1
	// true
}
