package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/test/must"
)

const (
	siteName  = "dfoster1"
	folder    = "/mmfs1/data"
	fileName  = "sample_data.tgz"
	filePath  = folder + "/" + fileName
	olderJobs = 24

	// jobBound is the longest wait for a job or a search.
	jobBound = 10 * time.Second
)

func (s *hubStory) submit(ctx context.Context) string {
	job := must.Get(s.program.Migrate(ctx, ngenea.Tiering{Site: siteName, Paths: []string{filePath}}))
	s.job = job
	body := s.hub.Submission(job.ID)
	must.Hold(body["workflow"] == "migrate" && body["site"] == siteName,
		"the Hub received %v at %v: want migrate at %s", body["workflow"], body["site"], siteName)
	return fmt.Sprintf("job %d: migrate %s of %s", job.ID, filePath, siteName)
}

func (s *hubStory) watch(ctx context.Context) string {
	return must.Get(s.wait(ctx, s.job.ID))
}

// wait waits for a job, shows its state and returns a line with its successive states.
func (s *hubStory) wait(ctx context.Context, id int64) (string, error) {
	var states []string
	_, err := s.program.WaitJob(ctx, id, jobBound, ngenea.OnProgress(func(job *ngeneaapi.Job) {
		states = append(states, string(job.State))
		s.printer.progress(fmt.Sprintf("job %d is %s", job.ID, job.State))
	}))
	return fmt.Sprintf("job %d was %s", id, strings.Join(slices.Compact(states), ", then ")), err
}

func (s *hubStory) recall(ctx context.Context) string {
	job := must.Get(s.program.Recall(ctx, ngenea.Tiering{Site: siteName, Paths: []string{filePath}}))
	return must.Get(s.wait(ctx, job.ID))
}

// watchFailure checks that the error contains the job.
func (s *hubStory) watchFailure(ctx context.Context) string {
	s.hub.NextJobs(1, ngeneatest.Fails)
	job := must.Get(s.program.Premigrate(ctx, ngenea.Tiering{Site: siteName, Paths: []string{folder}}))
	_, err := s.wait(ctx, job.ID)
	failure, ok := errors.AsType[*ngenea.JobError](err)
	must.Hold(ok && errors.Is(err, ngenea.ErrJobFailed) && failure.Job.ID == job.ID,
		"want a JobError of job %d, got: %w", job.ID, err)
	return fmt.Sprintf("JobError: job %d, a %s, ended as %s", job.ID, failure.Job.Type, failure.Job.State)
}

// listJobs adds older jobs for several pages, and compares the list with the Hub's counts.
func (s *hubStory) listJobs(ctx context.Context) string {
	for range olderJobs {
		s.hub.Seed("/jobs/", map[string]any{"type": "migrate", "site": siteName, "state": "SUCCESS"})
	}
	before := s.hub.Count("listJobs")
	jobs := collect(s.program.AllJobs(ctx, url.Values{}))
	pages := s.hub.Count("listJobs") - before
	stats := must.Get(s.program.JobStats(ctx, nil))
	states := map[string]int64{}
	for _, job := range jobs {
		states[string(job.State)]++
	}
	for state, n := range states {
		must.Hold(stats.State[state] == n, "%d jobs are %s, and the Hub counts %d", n, state, stats.State[state])
	}
	want := len(s.hub.Objects("/jobs/"))
	must.Hold(len(jobs) == want && pages >= 2, "%d jobs in %d pages: want %d in several", len(jobs), pages, want)
	return fmt.Sprintf("%d in %d pages; by state %s; by type %s", len(jobs), pages, tallied(stats.State), tallied(stats.Type))
}

// search searches for archives until a response has one: the end of a search is not
// documented.
func (s *hubStory) search(ctx context.Context) string {
	found := func(response *ngenea.SearchResponse) []ngeneaapi.File {
		var page struct{ Results []ngeneaapi.File } // the name of the Hubs here; the vendor documents none
		_ = json.Unmarshal(response.Raw, &page)
		return page.Results
	}
	response := must.Get(s.program.RunSearch(ctx, ngenea.Search{
		Path: "/mmfs1", Sites: []string{siteName}, Recursive: new(true), Filters: map[string]any{"core.filename": "*.tgz"},
		Done: func(response *ngenea.SearchResponse) bool { return len(found(response)) > 0 },
	}, jobBound))
	files := found(response)
	must.Hold(slices.ContainsFunc(files, func(f ngeneaapi.File) bool {
		return strings.HasSuffix(f.Path,
			"/"+fileName)
	}), "found %s: want %s", names(files, pathOf), fileName)
	return fmt.Sprintf("search %d found %s", response.ID, names(files, pathOf))
}

func pathOf(f ngeneaapi.File) string { return f.Path }

// postWithoutSlash posts to a path that a Hub redirects. A client that follows the redirect
// would send a GET without the body.
func (s *hubStory) postWithoutSlash(ctx context.Context) string {
	before := len(s.hub.Requests())
	var job struct{ ID int64 }
	must.Succeed(s.program.Do(ctx, http.MethodPost, "file/workflow", map[string]any{
		"workflow": "premigrate", "site": siteName, "paths": []string{filePath}, "discovery": nil, "fields": map[string]any{},
	}, &job))
	sent := s.hub.Requests()[before:]
	must.Hold(len(sent) == 1 && sent[0].Method == http.MethodPost && sent[0].Operation == "submitWorkflow",
		"the Hub received %s: want one POST", names(sent, func(r ngeneatest.Request) string {
			return fmt.Sprintf("%s %s (%d)", r.Method, r.Path, r.Status)
		}))
	paths := fmt.Sprint(s.hub.Submission(job.ID)["paths"])
	must.Hold(paths == "["+filePath+"]", "the body named the paths %s: want %s", paths, filePath)
	return fmt.Sprintf("one POST to %s, with its body: job %d", sent[0].Path, job.ID)
}

func (s *hubStory) submitUnknownSite(ctx context.Context) string {
	_, err := s.program.Submit(ctx, ngenea.Submission{Workflow: "migrate", Site: "atlantis", Paths: []string{filePath}})
	response := wantError(err, "ErrValidation", ngenea.ErrValidation)
	wrong, ok := errors.AsType[*ngenea.ValidationError](response)
	must.Hold(ok && len(wrong.Fields["site"]) != 0, "want a ValidationError of the field site, got: %w", response)
	return "ValidationError, field site: " + strings.Join(wrong.Fields["site"], " ")
}

func (s *hubStory) submitNoPath(ctx context.Context) string {
	return s.wantUnsent("ErrInvalidArgument", ngenea.ErrInvalidArgument, func() error {
		_, err := s.program.Migrate(ctx, ngenea.Tiering{Site: siteName})
		return err
	})
}

// runAction calls an operation that does not accept client keys.
func (s *hubStory) runAction(ctx context.Context) string {
	return s.wantUnsent("ErrJWTOnly", ngenea.ErrJWTOnly, func() error {
		_, err := s.program.Actions.Run(ctx, ngeneaapi.RunActionBody{Action: "check_sites"})
		return err
	})
}

// wantUnsent checks that a call fails with an error of a class and sends no request.
func (s *hubStory) wantUnsent(name string, class error, call func() error) string {
	before := len(s.hub.Requests())
	wantClass(call(), name, class)
	n := len(s.hub.Requests()) - before
	must.Hold(n == 0, "%d requests were sent: want none", n)
	return name + ", without a request"
}
