package ngenea_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

var sample = ngenea.Submission{Workflow: "migrate", Site: "dfoster1", Paths: []string{"/mmfs1/data/sample_data.tgz"}}

// A submission is sent as in the documentation, with null.
func TestSubmissionsOnTheWire(t *testing.T) {
	yes := true
	for name, test := range map[string]struct {
		submit func(context.Context, *ngenea.Client) (*ngeneaapi.Job, error)
		want   string
	}{
		"the documentation's example": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Submit(ctx, sample)
		}, `{"discovery":null,"paths":["/mmfs1/data/sample_data.tgz"],"site":"dfoster1","workflow":"migrate"}`},
		"with everything": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Submit(ctx, ngenea.Submission{
				Workflow: "own", Site: "s", Paths: []string{"/a", "/b"}, Discovery: ngenea.DiscoverySnapdiff, Fields: map[string]any{"depth": 3},
			})
		}, `{"discovery":"snapdiff","fields":{"depth":3},"paths":["/a","/b"],"site":"s","workflow":"own"}`},
		"migrate": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Migrate(ctx, ngenea.Tiering{Site: "s", Paths: []string{"/a"}, LockLevel: ngenea.LockLevelNone})
		}, `{"discovery":"recursive","fields":{"lock_level":"none"},"paths":["/a"],"site":"s","workflow":"migrate"}`},
		"premigrate": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Premigrate(ctx, ngenea.Tiering{Site: "s", Paths: []string{"/a"}})
		}, `{"discovery":"recursive","paths":["/a"],"site":"s","workflow":"premigrate"}`},
		"recall of one file": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Recall(ctx, ngenea.Tiering{Site: "s", Paths: []string{"/a"}, NoDiscovery: true})
		}, `{"discovery":null,"paths":["/a"],"site":"s","workflow":"recall"}`},
		"send": {func(ctx context.Context, c *ngenea.Client) (*ngeneaapi.Job, error) {
			return c.Send(ctx, ngenea.Sending{Site: "s", Paths: []string{"/a"}, DestinationSite: "d", DestinationQueue: "q", Hydrate: &yes})
		}, `{"discovery":"recursive","fields":{"destinationqueue":"q","destinationsite":"d","hydrate":true},"paths":["/a"],"site":"s","workflow":"send"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := always(http.StatusCreated, `{"id":5}`)
			job, err := test.submit(t.Context(), answered(t, w))
			if err != nil || job.ID != 5 {
				t.Fatalf("got %+v, %v", job, err)
			}
			got := w.Sent()
			if len(got) != 1 || got[0].Method != http.MethodPost || target(got[0]) != "/api/file/workflow/" {
				t.Fatalf("sent %v", got)
			}
			if text := canonical(t, got[0].Body); text != test.want {
				t.Errorf("sent %s, want %s", text, test.want)
			}
		})
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(sorted)
}

func TestSubmissionsThatAreNotSent(t *testing.T) {
	w := always(http.StatusCreated, `{"id":5}`)
	c := answered(t, w)
	for want, s := range map[string]ngenea.Submission{
		"no paths":             {Workflow: "migrate", Site: "s"},
		"a path is empty":      {Workflow: "migrate", Site: "s", Paths: []string{"/a", ""}},
		"a path is relative":   {Workflow: "migrate", Site: "s", Paths: []string{"/a", "data"}},
		"site has no name":     {Workflow: "migrate", Paths: []string{"/a"}},
		"workflow has no name": {Site: "s", Paths: []string{"/a"}},
	} {
		_, err := c.Submit(t.Context(), s)
		connecttest.Classes(t, err, ngenea.ErrInvalidArgument)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: does not say %q", err, want)
		}
	}
	if got := w.Sent(); len(got) > 0 {
		t.Errorf("sent %v", got)
	}
}

// The ID of the job is found in each form of the response.
func TestResponsesToSubmissions(t *testing.T) {
	for answer, want := range map[string]string{
		`{"id":7}`: `7  `,
		`{"url":"http://inside:8000/api/jobs/7/"}`:          `7   url="http://inside:8000/api/jobs/7/"`,
		`{"url":"/api/jobs/7"}`:                             `7   url="/api/jobs/7"`,
		`{"id":"7"}`:                                        `7  `,
		`{"id":7,"state":"PENDING","type":"migrate","x":1}`: `7 PENDING migrate x=1`,
		`{"id":7,"state":3}`:                                `7   state=3`,
	} {
		job, err := answered(t, always(http.StatusCreated, answer)).Submit(t.Context(), sample)
		if err != nil {
			t.Errorf("%s: %v", answer, err)
			continue
		}
		parts := []string{fmt.Sprintf("%d %s %s", job.ID, job.State, job.Type)}
		var members map[string]json.RawMessage // a site's document may have fields for them
		if text, err := json.Marshal(job); err != nil || json.Unmarshal(text, &members) != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"url", "x", "state"} {
			if value := string(members[name]); value != "" && value != `""` && name != "state" || value == "3" {
				parts = append(parts, name+"="+value)
			}
		}
		if got := strings.Join(parts, " "); got != want {
			t.Errorf("%s: got %q, want %q", answer, got, want)
		}
	}
}

// Without an ID in the response, the job may run.
func TestResponsesWithoutAJob(t *testing.T) {
	for _, answer := range []string{
		`{"job":"secret-answer"}`, `{"url":"http://hub/api/file/workflow/7/"}`, `{"id":"a-b-c"}`, `{}`, `[]`, `<html>Welcome</html>`, ``,
	} {
		w := always(http.StatusCreated, answer)
		_, err := answered(t, w).Submit(t.Context(), sample)
		var unknown *ngenea.UnknownJobError
		if !errors.As(err, &unknown) || string(unknown.Response) != answer {
			t.Errorf("%s: got %v", answer, err)
			continue
		}
		connecttest.Classes(t, err, ngenea.ErrMalformedResponse)
		if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, "secret-answer") || !strings.Contains(text, "AllJobs") {
			t.Errorf("got %s", text)
		}
		if len(w.Sent()) != 1 {
			t.Errorf("%s: sent %d times", answer, len(w.Sent()))
		}
	}
}

// If the outcome is unknown, the error says what to do; if the workflow was certainly not
// accepted, it does not.
func TestSubmissionsThatMayRun(t *testing.T) {
	for name, test := range map[string]struct {
		answer error // of the transport, instead of status and body
		status int
		body   string
		mayRun bool
	}{
		"proxy":          {status: 504, body: "<html></html>", mayRun: true},
		"unavailable":    {status: 503, body: `{}`, mayRun: true},
		"Django's page":  {status: 500, body: "<h1>Server Error (500)</h1>", mayRun: true},
		"answer lost":    {answer: io.ErrUnexpectedEOF, mayRun: true},
		"silence":        {answer: &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, mayRun: true},
		"no connection":  {answer: &net.OpError{Op: "dial", Err: errors.New("connection refused")}},
		"no certificate": {answer: &tls.CertificateVerificationError{Err: errors.New("unknown authority")}},
		"refused":        {status: 400, body: `{"site":["No."]}`},
		"throttled":      {status: 429, body: `{"detail":"Request was throttled."}`},
	} {
		t.Run(name, func(t *testing.T) {
			var transport http.RoundTripper = always(test.status, test.body)
			if test.answer != nil {
				transport = failing{test.answer}
			}
			c := newClientAt(t, "hub.example.com", ngenea.WithClientKey("key"), ngenea.WithTransport(transport),
				ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1}))
			_, err := c.Submit(t.Context(), sample)
			wantError(t, err, "submitWorkflow")
			var unknown *ngenea.UnknownJobError
			if errors.As(err, &unknown) != test.mayRun || strings.Contains(fmt.Sprint(err), "AllJobs") != test.mayRun {
				t.Errorf("got %v", err)
			}
			if errors.Is(err, ngenea.ErrMalformedResponse) {
				t.Errorf("%v: there was no answer", err)
			}
		})
	}
}

// failing is a transport with one error for every request.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestUnknownWorkflowAndSite(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		for field, s := range map[string]ngenea.Submission{
			"workflow": {Workflow: "nonsense", Site: "dfoster1", Paths: sample.Paths},
			"site":     {Workflow: "migrate", Site: "nowhere", Paths: sample.Paths},
		} {
			_, err := c.Submit(t.Context(), s)
			wantError(t, err, "submitWorkflow", ngenea.ErrValidation)
			var refused *ngenea.ValidationError
			if !errors.As(err, &refused) || len(refused.Fields) != 1 || len(refused.Fields[field]) == 0 {
				t.Errorf("got %v", err)
			}
		}
	})
}

// A submission that may have been accepted is not sent twice.
func TestSubmissionIsSentOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		mustAlerts(t, c)
		srv.On("submitWorkflow").Times(1).LoseResponse()
		_, err := c.Submit(t.Context(), sample)
		wantError(t, err, "submitWorkflow", ngenea.ErrUnavailable)
		if got := len(srv.Objects("/jobs/")); srv.Count("submitWorkflow") != 1 || got != 1 {
			t.Errorf("sent %d times, %d jobs", srv.Count("submitWorkflow"), got)
		}
		srv.ExpireTokens() // after a rejected token it is sent again
		if _, err := c.Submit(t.Context(), sample); err != nil || srv.Count("submitWorkflow") != 3 || len(srv.Objects("/jobs/")) != 2 {
			t.Errorf("%v, sent %d times", err, srv.Count("submitWorkflow"))
		}
	})
}

// A custom workflow is made, used and deleted.
func TestCustomWorkflow(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		site := "dfoster1"
		made, err := c.Workflows.Create(t.Context(), ngeneaapi.WorkflowBody{
			Name: "own", Label: "Our own", IconClasses: []string{"fa fa-cog fa-stack-2x text-primary"},
			FilterRules: []ngeneaapi.WorkflowRuleInput{{
				State: "all", Type: ngeneaapi.WorkflowRuleTypeFile,
				Actions: []ngeneaapi.WorkflowActionInput{{
					Name: "dynamo.tasks.migrate", Site: &site, AdditionalProperties: map[string]any{"premigrate": true},
				}},
			}},
			Fields: []map[string]any{{"name": "depth", "type": "string"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		action := made.FilterRules[0].Actions[0]
		if action.Site != site || string(action.AdditionalProperties["premigrate"]) != "true" {
			t.Errorf("got %+v", made)
		}
		label := "Another"
		if changed, err := c.Workflows.Update(t.Context(), made.ID, ngeneaapi.WorkflowChanges{Label: &label}); err != nil || changed.Label != label || len(changed.FilterRules) != 1 {
			t.Errorf("got %+v, %v", changed, err)
		}
		found := false
		for workflow, err := range c.AllWorkflows(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || workflow.Name == "own"
		}
		if !found {
			t.Error("the workflow is not listed")
		}
		if _, err := c.Submit(t.Context(), ngenea.Submission{
			Workflow: "own", Site: site, Paths: sample.Paths, Fields: map[string]any{"depth": "3"},
		}); err != nil {
			t.Error(err)
		}
		if err := c.Workflows.Delete(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
		_, err = c.Workflows.Get(t.Context(), made.ID)
		wantError(t, err, "getWorkflow", ngenea.ErrNotFound)
	})
}

func TestReadOperations(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		if health, err := c.Health.Get(t.Context()); err != nil || health.OverallHealth != ngeneaapi.HealthStateOK {
			t.Errorf("got %+v, %v", health, err)
		}
		if file, err := c.Files.Browse(t.Context(), &ngeneaapi.BrowseFilesParams{Path: "/mmfs1/data", Site: "dfoster1"}); err != nil || file.Type != "directory" {
			t.Errorf("got %+v, %v", file, err)
		}
		if settings, err := c.Configurations.Get(t.Context()); err != nil || settings.JobsTTL == 0 {
			t.Errorf("got %+v, %v", settings, err)
		}
		for _, r := range srv.Requests() {
			if len(r.Violations) > 0 || r.Status/100 != 2 {
				t.Errorf("sent %+v", r)
			}
		}
	})
}

// Do adds the slash to a path, and the request is sent once with method and body.
func TestDoWithoutTheSlash(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		mustAlerts(t, c)
		var job, jobs map[string]any
		body := map[string]any{"workflow": "migrate", "site": "dfoster1", "paths": sample.Paths, "discovery": nil}
		if err := c.Do(t.Context(), http.MethodPost, "file/workflow", body, &job); err != nil || job["id"] == nil {
			t.Errorf("got %v, %v", job, err)
		}
		if srv.Count("submitWorkflow") != 1 || srv.Count("") != 0 {
			t.Errorf("sent %+v", srv.Requests())
		}
		if err := c.Do(t.Context(), http.MethodGet, "jobs?page_size=20", nil, &jobs); err != nil || jobs["count"] == nil {
			t.Errorf("got %v, %v", jobs, err)
		}
	})
}

func TestRedirectElsewhereIsNotFollowed(t *testing.T) {
	w := always(http.StatusMovedPermanently, "https://elsewhere.example.com/api/file/workflow/")
	_, err := answered(t, w).Submit(t.Context(), sample)
	var redirected *ngenea.RedirectError
	if !errors.As(err, &redirected) || len(w.Sent()) != 1 {
		t.Errorf("got %v, sent %v", err, w.Sent())
	}
}
