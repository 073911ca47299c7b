package ngeneatest_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	specs "github.com/hotcold-go/hotcold/specs/ngenea"
)

// The simulator shows what a consumer's code did.
func TestConsumer(t *testing.T) {
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

// The SDK adds a missing slash: the request arrives once, as a POST with its body.
func TestMissingSlashBySDK(t *testing.T) {
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

// The addresses of objects have the scheme and the host of the request.
func TestObjectURLs(t *testing.T) {
	for _, options := range [][]ngeneatest.Option{
		{}, {ngeneatest.Plain()}, {ngeneatest.InMemory()}, {ngeneatest.InMemory(), ngeneatest.Plain()},
	} {
		srv := ngeneatest.New(t, options...)
		c := login(t, srv, "dfoster", "secret")
		c.submit()
		if job := c.want(200, "GET", "/jobs/1/", nil); job["url"] != srv.URL+"/api/jobs/1/" {
			t.Errorf("the job is at %v, want %s…", job["url"], srv.URL)
		}
	}
}

// The contract is served byte for byte where a Hub serves its document, and the page
// contains its address.
func TestDocument(t *testing.T) {
	c := newClient(t, ngeneatest.New(t, ngeneatest.InMemory()))
	if got := c.Do("GET", "/docs/?format=openapi", nil); got.Status != 200 || got.Text != specs.Contract() {
		t.Errorf("got %d, %d bytes", got.Status, len(got.Text))
	}
	got := c.Do("GET", "/docs/", nil)
	if got.Status != 200 || !strings.Contains(got.Text, "swagger-ui") || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		t.Errorf("got %d %s", got.Status, got.Text)
	}
	if got := c.Do("GET", "/docs", nil); got.Status != 301 || got.Header.Get("Location") != "/api/docs/" {
		t.Errorf("without its slash: %d to %s", got.Status, got.Header.Get("Location"))
	}
}

func TestRequests(t *testing.T) {
	var observed []ngeneatest.Request
	c := start(t, ngeneatest.WithObserver(func(r ngeneatest.Request) { observed = append(observed, r) }))
	c.want(404, "GET", "/jobs/1/?colour=red", nil)
	all := c.srv.Requests()
	got := all[len(all)-1]
	if got.Operation != "getJob" || got.Method != http.MethodGet || got.Path != "/api/jobs/1/" || got.Status != 404 || got.Time.IsZero() {
		t.Errorf("got %+v", got)
	}
	if token := strings.TrimPrefix(c.Authorization, "Bearer "); strings.Contains(fmt.Sprintf("%+v", all), token) {
		t.Error("the requests show a token")
	}
	if n := c.srv.Count("getJob"); n != 1 {
		t.Errorf("counted %d, want 1", n)
	}
	c.srv.Close()
	if len(observed) != 2 {
		t.Errorf("observed %d", len(observed))
	}
}

func TestFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t)
		c.srv.Fail("listJobs", 1, 500, `{"detail":"x"}`)
		c.srv.On("listJobs").Times(1).ProxyPage(502)
		c.wantText(500, `{"detail":"x"}`, "GET", "/jobs/", nil)
		if got := c.Do("GET", "/jobs/", nil); got.Status != 502 || !strings.HasPrefix(got.Text, "<html>") {
			t.Errorf("got %d %s", got.Status, got.Text)
		}
		c.srv.On("listJobs").Times(1).Delay(time.Minute)
		begun := time.Now()
		c.want(200, "GET", "/jobs/", nil)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("took %s", took)
		}
		c.srv.On("").Times(1).EndToken()
		c.wantText(401, badToken, "GET", "/jobs/", nil)
		c.wantText(401, badToken, "GET", "/jobs/", nil)
	})
}
