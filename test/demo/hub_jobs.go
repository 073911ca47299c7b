package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

	// jobBound is how long a job, or a search, may take.
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
		return "", fmt.Errorf("the Hub was asked for %v at %v: want migrate at %s", body["workflow"], body["site"], siteName)
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

// wait waits for a job, shows its state meanwhile and gives those that it went through.
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

// watchFailure gets the job with the error.
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

// listJobs adds older jobs, so that there are several pages, and compares what the list
// has with what the Hub counts.
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

// search looks for archives and stops at the first answer that has one: how a Hub says
// that it has looked everywhere, nobody documents.
func (s *hubStory) search(ctx context.Context) (string, error) {
	found := func(answer *ngenea.SearchAnswer) (files []ngeneaapi.File) {
		_ = json.Unmarshal(answer.Results.AdditionalProperties["results"], &files) // the simulator's choice of a name
		return files
	}
	answer, err := s.program.RunSearch(ctx, ngenea.Search{
		Path: "/mmfs1", Sites: []string{siteName}, Recursive: new(true), Filters: map[string]any{"core.filename": "*.tgz"},
		Done: func(answer *ngenea.SearchAnswer) bool { return len(found(answer)) > 0 },
	}, jobBound)
	if err != nil {
		return "", err
	}
	files := found(answer)
	if !slices.ContainsFunc(files, func(f ngeneaapi.File) bool { return strings.HasSuffix(f.Path, "/"+fileName) }) {
		return "", fmt.Errorf("found %s: want %s", names(files, pathOf), fileName)
	}
	return fmt.Sprintf("search %d found %s", answer.ID, names(files, pathOf)), nil
}

func pathOf(f ngeneaapi.File) string { return f.Path }
