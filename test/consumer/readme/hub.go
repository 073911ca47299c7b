package main

import (
	"context"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
)

func migrate(ctx context.Context, address, key, caFile string) error {
	// README begins
	h, err := ngenea.New(address, ngenea.WithClientKey(key), ngenea.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer h.Close()
	job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
	if err != nil {
		return err
	}
	_, err = h.WaitJob(ctx, job.ID, 30*time.Minute, ngenea.OnProgress(func(job *ngeneaapi.Job) {
		fmt.Printf("job %d is %s\n", job.ID, job.State)
	}))
	return err
	// README ends
}
