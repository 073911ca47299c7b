package ngeneatest_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// What a consumer's code asks for, as the simulator tells it.
func TestArchiveAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := ngeneatest.New(t, ngeneatest.InMemory())
		h, err := ngenea.New(srv.URL,
			ngenea.WithPassword("dfoster", "secret"),
			ngenea.WithTransport(srv.Transport()))
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()

		if err := archive(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		srv.NextJobs(1, ngeneatest.Fails)
		srv.ExpireTokens() // or srv.Advance(time.Hour)
		if err := archive(t.Context(), h); !errors.Is(err, ngenea.ErrJobFailed) {
			t.Errorf("a job that failed went unnoticed: %v", err)
		}
		if srv.Logins() != 1 || srv.Refreshes() != 1 || srv.Count("submitWorkflow") != 3 {
			t.Errorf("%d logins, %d refreshes, %d submissions", srv.Logins(), srv.Refreshes(), srv.Count("submitWorkflow"))
		}
		body := srv.Submission(2)
		if discovery, given := body["discovery"]; !given || discovery != nil {
			t.Errorf("submitted %v", body)
		}
	})
}

// A call without its slash arrives as a POST with its body, once.
func TestSlashBySDK(t *testing.T) {
	srv := ngeneatest.New(t, ngeneatest.InMemory())
	h, err := ngenea.New(srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(srv.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.Do(t.Context(), "POST", "file/workflow", submission(), nil); err != nil {
		t.Fatal(err)
	}
	if srv.Count("submitWorkflow") != 1 || len(srv.Objects("/jobs/")) != 1 {
		t.Errorf("%d submissions, %d jobs", srv.Count("submitWorkflow"), len(srv.Objects("/jobs/")))
	}
}
