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

func (s *hubStory) submit(ctx context.Context) (string, error) {
	job, err := s.program.Migrate(ctx, ngenea.Tiering{Site: siteName, Paths: []string{filePath}})
	if err != nil {
		return "", err
	}
	s.job = job
	body := s.hub.Submission(job.ID)
	if body["workflow"] != "migrate" || body["site"] != siteName {
		return "", fmt.Errorf("the Hub received %v at %v: want migrate at %s", body["workflow"], body["site"], siteName)
	}
	return fmt.Sprintf("job %d: migrate %s of %s", job.ID, filePath, siteName), nil
}

func (s *hubStory) watch(ctx context.Context) (string, error) {
	job, states, err := s.wait(ctx, s.job.ID)
	if err != nil {
		return "", err
	}
	s.job = job
	return fmt.Sprintf("job %d was %s", job.ID, states), nil
}

// wait waits for a job, shows its state and returns its successive states.
func (s *hubStory) wait(ctx context.Context, id int64) (*ngeneaapi.Job, string, error) {
	var states []string
	job, err := s.program.WaitJob(ctx, id, jobBound, ngenea.OnProgress(func(job *ngeneaapi.Job) {
		states = append(states, string(job.State))
		s.printer.progress(fmt.Sprintf("job %d is %s", job.ID, job.State))
	}))
	return job, strings.Join(slices.Compact(states), ", then "), err
}

func (s *hubStory) recall(ctx context.Context) (string, error) {
	job, err := s.program.Recall(ctx, ngenea.Tiering{Site: siteName, Paths: []string{filePath}})
	if err != nil {
		return "", err
	}
	job, states, err := s.wait(ctx, job.ID)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("job %d, a %s, was %s", job.ID, job.Type, states), nil
}

// watchFailure checks that the error contains the job.
func (s *hubStory) watchFailure(ctx context.Context) (string, error) {
	s.hub.NextJobs(1, ngeneatest.Fails)
	job, err := s.program.Premigrate(ctx, ngenea.Tiering{Site: siteName, Paths: []string{folder}})
	if err != nil {
		return "", err
	}
	_, _, err = s.wait(ctx, job.ID)
	failure, ok := errors.AsType[*ngenea.JobError](err)
	if !ok || !errors.Is(err, ngenea.ErrJobFailed) || failure.Job.ID != job.ID {
		return "", fmt.Errorf("want a JobError of job %d, got: %w", job.ID, err)
	}
	return fmt.Sprintf("JobError: job %d, a %s, ended as %s", job.ID, failure.Job.Type, failure.Job.State), nil
}

// listJobs adds older jobs for several pages, and compares the list with the Hub's counts.
func (s *hubStory) listJobs(ctx context.Context) (string, error) {
	for range olderJobs {
		s.hub.Seed("/jobs/", map[string]any{"type": "migrate", "site": siteName, "state": "SUCCESS"})
	}
	before := s.hub.Count("listJobs")
	listed := map[ngeneaapi.JobState]int64{}
	total := 0
	for job, err := range s.program.AllJobs(ctx, url.Values{}) {
		if err != nil {
			return "", err
		}
		listed[job.State]++
		total++
	}
	pages := s.hub.Count("listJobs") - before
	stats, err := s.program.JobStats(ctx, nil)
	if err != nil {
		return "", err
	}
	for state, n := range listed {
		if stats.State[string(state)] != n {
			return "", fmt.Errorf("%d jobs are %s, and the Hub counts %d", n, state, stats.State[string(state)])
		}
	}
	if want := len(s.hub.Objects("/jobs/")); total != want || pages < 2 {
		return "", fmt.Errorf("%d jobs in %d pages: want %d in several", total, pages, want)
	}
	return fmt.Sprintf("%d in %d pages; by state %s; by type %s", total, pages, tallied(stats.State), tallied(stats.Type)), nil
}

// search searches for archives until a response has one: the end of a search is not
// documented.
func (s *hubStory) search(ctx context.Context) (string, error) {
	found := func(response *ngenea.SearchAnswer) (files []ngeneaapi.File) {
		_ = json.Unmarshal(response.Results.AdditionalProperties["results"], &files) // the simulator's name; the vendor documents none
		return files
	}
	response, err := s.program.RunSearch(ctx, ngenea.Search{
		Path: "/mmfs1", Sites: []string{siteName}, Recursive: new(true), Filters: map[string]any{"core.filename": "*.tgz"},
		Done: func(response *ngenea.SearchAnswer) bool { return len(found(response)) > 0 },
	}, jobBound)
	if err != nil {
		return "", err
	}
	files := found(response)
	if !slices.ContainsFunc(files, func(f ngeneaapi.File) bool { return strings.HasSuffix(f.Path, "/"+fileName) }) {
		return "", fmt.Errorf("found %s: want %s", names(files, pathOf), fileName)
	}
	return fmt.Sprintf("search %d found %s", response.ID, names(files, pathOf)), nil
}

func pathOf(f ngeneaapi.File) string { return f.Path }

// postWithoutSlash posts to a path that a Hub redirects. A client that follows the redirect
// would send a GET without the body.
func (s *hubStory) postWithoutSlash(ctx context.Context) (string, error) {
	before := len(s.hub.Requests())
	var job ngeneaapi.SubmittedJob
	err := s.program.Do(ctx, http.MethodPost, "file/workflow", map[string]any{
		"workflow": "premigrate", "site": siteName, "paths": []string{filePath}, "discovery": nil, "fields": map[string]any{},
	}, &job)
	if err != nil {
		return "", err
	}
	sent := s.hub.Requests()[before:]
	if len(sent) != 1 || sent[0].Method != http.MethodPost || sent[0].Operation != "submitWorkflow" {
		return "", fmt.Errorf("the Hub received %s: want one POST", names(sent, func(r ngeneatest.Request) string {
			return fmt.Sprintf("%s %s (%d)", r.Method, r.Path, r.Status)
		}))
	}
	paths := fmt.Sprint(s.hub.Submission(job.ID)["paths"])
	if paths != "["+filePath+"]" {
		return "", fmt.Errorf("the body named the paths %s: want %s", paths, filePath)
	}
	return fmt.Sprintf("one POST to %s, with its body: job %d", sent[0].Path, job.ID), nil
}

func (s *hubStory) submitUnknownSite(ctx context.Context) (string, error) {
	_, err := s.program.Submit(ctx, ngenea.Submission{Workflow: "migrate", Site: "atlantis", Paths: []string{filePath}})
	response, err := wantError(err, "ErrValidation", ngenea.ErrValidation)
	if err != nil {
		return "", err
	}
	wrong, ok := errors.AsType[*ngenea.ValidationError](response)
	if !ok || len(wrong.Fields["site"]) == 0 {
		return "", fmt.Errorf("want a ValidationError of the field site, got: %w", response)
	}
	return "ValidationError, field site: " + strings.Join(wrong.Fields["site"], " "), nil
}

func (s *hubStory) submitNoPath(ctx context.Context) (string, error) {
	return s.wantUnsent("ErrInvalidArgument", ngenea.ErrInvalidArgument, func() error {
		_, err := s.program.Migrate(ctx, ngenea.Tiering{Site: siteName})
		return err
	})
}

// runAction calls an operation that does not accept client keys.
func (s *hubStory) runAction(ctx context.Context) (string, error) {
	return s.wantUnsent("ErrJWTOnly", ngenea.ErrJWTOnly, func() error {
		_, err := s.program.Actions.RunAction(ctx, ngeneaapi.RunActionBody{Action: "check_sites"})
		return err
	})
}

// wantUnsent checks that a call fails with an error of a class and sends no request.
func (s *hubStory) wantUnsent(name string, class error, call func() error) (string, error) {
	before := len(s.hub.Requests())
	if err := wantClass(call(), name, class); err != nil {
		return "", err
	}
	if n := len(s.hub.Requests()) - before; n != 0 {
		return "", fmt.Errorf("%d requests were sent: want none", n)
	}
	return name + ", without a request", nil
}
