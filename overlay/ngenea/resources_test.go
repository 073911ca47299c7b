package ngenea_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// A custom workflow from its making to its end, and a job of it.
func TestCustomWorkflow(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		site := "dfoster1"
		made, err := c.Workflows.CreateWorkflow(t.Context(), ngeneaapi.WorkflowBody{
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
		if changed, err := c.Workflows.UpdateWorkflow(t.Context(), made.ID, ngeneaapi.WorkflowChanges{Label: &label}); err != nil || changed.Label != label || len(changed.FilterRules) != 1 {
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
		if err := c.Workflows.DeleteWorkflow(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
		_, err = c.Workflows.GetWorkflow(t.Context(), made.ID)
		wantError(t, err, "getWorkflow", ngenea.ErrNotFound)
	})
}

func TestWhatAHubTellsOfItself(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv)
		if health, err := c.Health.GetHealth(t.Context()); err != nil || health.OverallHealth != ngeneaapi.HealthStateOK {
			t.Errorf("got %+v, %v", health, err)
		}
		if file, err := c.Files.BrowseFiles(t.Context(), &ngeneaapi.BrowseFilesParams{Path: "/mmfs1/data", Site: "dfoster1"}); err != nil || file.Type != "directory" || len(file.AdditionalProperties) == 0 {
			t.Errorf("got %+v, %v", file, err)
		}
		if settings, err := c.Configurations.GetConfigurations(t.Context()); err != nil || settings.JobsTTL == 0 {
			t.Errorf("got %+v, %v", settings, err)
		}
		for _, r := range srv.Requests() {
			if len(r.Violations) > 0 || r.Status/100 != 2 {
				t.Errorf("sent %+v", r)
			}
		}
	})
}

// A path without its slash comes to its end with method and body, once.
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
