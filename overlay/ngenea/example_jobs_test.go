package ngenea_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Start a workflow and wait for the job that it becomes.
func ExampleClient_Submit() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		migrate := ngenea.Submission{Workflow: "migrate", Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"}}
		job, err := h.Submit(ctx, migrate)
		if err != nil {
			return err
		}
		job, err = h.WaitJob(ctx, job.ID, time.Minute)
		if err != nil {
			return err
		}
		fmt.Println(job.Type, job.State)

		hub.NextJobs(1, ngeneatest.Fails) // your own may fail as well
		if job, err = h.Submit(ctx, migrate); err != nil {
			return err
		}
		_, err = h.WaitJob(ctx, job.ID, time.Minute)
		var failed *ngenea.JobError
		if errors.As(err, &failed) {
			fmt.Println(errors.Is(err, ngenea.ErrJobFailed), failed.Job.State)
		}
		return nil
	})
	// Output:
	// migrate SUCCESS
	// true FAILURE
}

// Watch a job, stop it, and see how it ends.
func ExampleClient_CancelJob() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		job, err := h.Recall(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
		if err != nil {
			return err
		}
		if err := h.CancelJob(ctx, job.ID); err != nil {
			return err
		}
		_, err = h.WaitJob(ctx, job.ID, time.Minute, ngenea.OnProgress(func(job *ngeneaapi.Job) {
			fmt.Println(job.State)
			hub.Advance(time.Hour) // your own takes its time
		}))
		var ended *ngenea.JobError
		fmt.Println("ended without success:", errors.As(err, &ended))
		return nil
	}, ngeneatest.WithTransitionTime(time.Minute))
	// Output:
	// DEQUEUING
	// CANCELLED
	// ended without success: true
}

// List jobs, page by page as they are needed, and count them.
func ExampleClient_AllJobs() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		for range 5 {
			if _, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}}); err != nil {
				return err
			}
		}
		for job, err := range h.AllJobs(ctx, nil) {
			if err != nil {
				return err
			}
			fmt.Println(job.ID, job.Type)
		}
		fmt.Println(hub.Count("listJobs"), "pages")
		return nil
	}, ngeneatest.WithPageSize(2))
	// Output:
	// 5 migrate
	// 4 migrate
	// 3 migrate
	// 2 migrate
	// 1 migrate
	// 3 pages
}

// Count the jobs by state, without going through them.
func ExampleClient_JobStats() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		hub.NextJobs(1, ngeneatest.Fails)
		for range 3 {
			job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
			if err != nil {
				return err
			}
			if _, err := h.WaitJob(ctx, job.ID, time.Minute); err != nil && !errors.Is(err, ngenea.ErrJobFailed) {
				return err
			}
		}
		stats, err := h.JobStats(ctx, nil)
		if err != nil {
			return err
		}
		fmt.Println(stats.State["SUCCESS"], "succeeded,", stats.State["FAILURE"], "failed")
		return nil
	})
	// Output: 2 succeeded, 1 failed
}

// Look for files on the sites. Nobody documents when a search is complete: say what is
// enough, or RunSearch waits until the answer has stayed the same for a while.
func ExampleClient_RunSearch() {
	onHub(func(ctx context.Context, h *ngenea.Client, _ *ngeneatest.Server) error {
		answer, err := h.RunSearch(ctx, ngenea.Search{
			Path:  "/mmfs1/data",
			Sites: []string{"dfoster1"},
			Done:  func(a *ngenea.SearchAnswer) bool { return len(a.Raw) > 100 }, // what is enough for this program
		}, time.Minute)
		if err != nil {
			return err
		}
		var found struct { // as your Hub answers, which nobody documents
			Results []struct {
				Path string
				Size int64
			}
		}
		if err := json.Unmarshal(answer.Raw, &found); err != nil {
			return err
		}
		for _, file := range found.Results {
			fmt.Println(file.Path, file.Size)
		}
		return nil
	})
	// Output:
	// mmfs1/data/sample_data.tgz 1048576
}

// What a Hub finds wrong with a body comes by field.
func ExampleValidationError() {
	onHub(func(ctx context.Context, h *ngenea.Client, _ *ngeneatest.Server) error {
		_, err := h.Migrate(ctx, ngenea.Tiering{Site: "nowhere", Paths: []string{"/mmfs1/data"}})
		var refused *ngenea.ValidationError
		if errors.As(err, &refused) {
			for field := range refused.Fields {
				fmt.Println(field)
			}
		}
		fmt.Println(errors.Is(err, ngenea.ErrValidation))
		return nil
	})
	// Output:
	// site
	// true
}
