package ngeneatest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// archive is a consumer's own code.
func archive(ctx context.Context, h *ngenea.Client) error {
	job, err := h.Submit(ctx, ngenea.Submission{
		Workflow: "migrate", Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"},
	})
	if err != nil {
		return err
	}
	_, err = h.WaitJob(ctx, job.ID, time.Minute)
	return err
}

func TestArchive(t *testing.T) {
	srv := ngeneatest.New(t)
	h, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := archive(t.Context(), h); err != nil { // your own code
		t.Fatal(err)
	}
	srv.ExpireTokens() // or srv.Advance(time.Hour)
	srv.NextJobs(1, ngeneatest.Fails)
	if err := archive(t.Context(), h); err == nil {
		t.Error("a job that failed went unnoticed")
	}
}

func TestArchiveEachDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := ngeneatest.New(t, ngeneatest.InMemory())
		h, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()))
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for range 7 {
			if err := archive(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			time.Sleep(24 * time.Hour) // takes no time, and ends every token
		}
		if srv.Logins() != 7 {
			t.Errorf("%d logins, want one a day", srv.Logins())
		}
	})
}
