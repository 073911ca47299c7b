package ngenea_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// Ask what went wrong with errors.Is, and for more with errors.As.
func ExampleError() {
	onHub(func(ctx context.Context, h *ngenea.Client, _ *ngeneatest.Server) error {
		_, err := h.Jobs.GetJob(ctx, 4711)
		fmt.Println("not found:", errors.Is(err, ngenea.ErrNotFound))

		var failed *ngenea.Error
		if errors.As(err, &failed) {
			fmt.Println(failed.Operation, failed.Status, failed.Attempts)
		}
		return nil
	})
	// Output:
	// not found: true
	// getJob 404 1
}

// A Hub that does not have what was inferred says so with a page, and that is told from a
// job that is not there. Where the operation is inferred, the error has the command that
// gets the Hub's own document.
func ExampleInferredRouteError() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		hub.Fail("getJob", 1, http.StatusNotFound, "<h1>Not Found</h1>")
		_, err := h.Jobs.GetJob(ctx, 1)
		fmt.Println(errors.Is(err, ngenea.ErrRouteMissing), errors.Is(err, ngenea.ErrNotFound))

		var missing *ngenea.InferredRouteError
		if errors.As(err, &missing) { // not over a site's own document, which says what there is
			fmt.Fprintln(os.Stderr, missing)
		}
		return nil
	})
	// Output: true false
}

// A wait that ends early leaves the job alone, and gives it as it was seen last.
func ExampleClient_WaitJob() {
	onHub(func(ctx context.Context, h *ngenea.Client, hub *ngeneatest.Server) error {
		job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
		if err != nil {
			return err
		}
		job, err = h.WaitJob(ctx, job.ID, 50*time.Millisecond) // it takes two minutes
		fmt.Println(errors.Is(err, ngenea.ErrWaitTimeout), job.State)

		told := ngenea.OnProgress(func(job *ngeneaapi.Job) {
			fmt.Println(job.State)
			hub.Advance(time.Minute) // your own takes its time
		})
		_, err = h.WaitJob(ctx, job.ID, 10*time.Minute, told)
		return err
	}, ngeneatest.WithTransitionTime(time.Minute))
	// Output:
	// true PENDING
	// PENDING
	// STARTED
	// SUCCESS
}
