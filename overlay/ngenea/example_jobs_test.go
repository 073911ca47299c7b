package ngenea_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Start a workflow and wait for its job.
func ExampleClient_Submit() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.NextJobs(1, ngeneatest.Fails)
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	ctx := context.Background()

	for range 2 {
		job, err := h.Submit(ctx, ngenea.Submission{Workflow: "migrate", Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"}})
		if err != nil {
			fmt.Println(err)
			return
		}
		job, err = h.WaitJob(ctx, job.ID, time.Minute)
		fmt.Println(job.Type, job.State, "failed:", errors.Is(err, ngenea.ErrJobFailed))
	}
	// Output:
	// migrate FAILURE failed: true
	// migrate SUCCESS failed: false
}

// Wait for a job. If the bound passes first, the job continues, and the wait can be repeated.
func ExampleClient_WaitJob() {
	hub, err := ngeneatest.Start(ngeneatest.WithTransitionTime(time.Minute)) // a simulator
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

	job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	job, err = h.WaitJob(ctx, job.ID, time.Second)
	fmt.Println(errors.Is(err, ngenea.ErrWaitTimeout), job.State)

	hub.Intercept("getJob", 10, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		hub.Advance(time.Minute) // between two polls
	})
	progress := ngenea.OnProgress(func(job *ngeneaapi.Job) { fmt.Println(job.State) })
	if _, err := h.WaitJob(ctx, job.ID, 10*time.Minute, progress); err != nil {
		fmt.Println(err)
	}
	// Output:
	// true PENDING
	// PENDING
	// STARTED
	// SUCCESS
}

// Cancel a job and wait for its end.
func ExampleClient_CancelJob() {
	hub, err := ngeneatest.Start(ngeneatest.WithTransitionTime(time.Minute)) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.Intercept("getJob", 10, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		hub.Advance(time.Minute) // between two polls
	})
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	ctx := context.Background()

	job, err := h.Recall(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := h.CancelJob(ctx, job.ID); err != nil {
		fmt.Println(err)
		return
	}
	_, err = h.WaitJob(ctx, job.ID, time.Minute, ngenea.OnProgress(func(job *ngeneaapi.Job) { fmt.Println(job.State) }))
	var failed *ngenea.JobError
	fmt.Println("ended without success:", errors.As(err, &failed))
	// Output:
	// DEQUEUING
	// CANCELLED
	// ended without success: true
}

// List jobs, with one request a page.
func ExampleClient_AllJobs() {
	hub, err := ngeneatest.Start(ngeneatest.WithPageSize(2)) // a simulator
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

	for range 5 {
		if _, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}}); err != nil {
			fmt.Println(err)
		}
	}
	for job, err := range h.AllJobs(ctx, nil) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(job.ID, job.Type)
	}
	fmt.Println(hub.Count("listJobs"), "pages")
	// Output:
	// 5 migrate
	// 4 migrate
	// 3 migrate
	// 2 migrate
	// 1 migrate
	// 3 pages
}

// Count the jobs by state.
func ExampleClient_JobStats() {
	hub, err := ngeneatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hub.Close()
	hub.NextJobs(1, ngeneatest.Fails)
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithCAFile(hub.CAFile()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	ctx := context.Background()

	for range 3 {
		job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
		if err != nil {
			fmt.Println(err)
			return
		}
		if _, err := h.WaitJob(ctx, job.ID, time.Minute); err != nil && !errors.Is(err, ngenea.ErrJobFailed) {
			fmt.Println(err)
		}
	}
	stats, err := h.JobStats(ctx, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(stats.State["SUCCESS"], "succeeded,", stats.State["FAILURE"], "failed")
	// Output: 2 succeeded, 1 failed
}

// Search files on the sites. The Hub does not report when a search is complete: Done decides,
// or RunSearch waits until the results have not changed for a while.
func ExampleClient_RunSearch() {
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

	response, err := h.RunSearch(context.Background(), ngenea.Search{
		Path:  "/mmfs1/data",
		Sites: []string{"dfoster1"},
		Done:  func(r *ngenea.SearchResponse) bool { return len(r.Raw) > 100 }, // enough for this program
	}, time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	var found struct { // as your Hub responds, which is not documented
		Results []struct {
			Path string
			Size int64
		}
	}
	if err := json.Unmarshal(response.Raw, &found); err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range found.Results {
		fmt.Println(file.Path, file.Size)
	}
	// Output:
	// mmfs1/data/sample_data.tgz 1048576
}
