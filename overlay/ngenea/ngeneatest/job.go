package ngeneatest

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Outcome is the state in which a job ends. It may be any text, such as a state that a
// later release adds.
type Outcome string

// The outcomes of jobs. The clock leads to each through PENDING and, except for Skips,
// STARTED.
const (
	Succeeds Outcome = "SUCCESS"
	Fails    Outcome = "FAILURE"
	Errs     Outcome = "ERROR"
	// Skips ends the job before its start: discovery found nothing to do.
	Skips Outcome = "SKIPPED"
	// Pauses pauses the job after its start, until [Server.ResumeJob].
	Pauses Outcome = "PAUSED"
	// Hangs leaves the job STARTED for ever.
	Hangs Outcome = "STARTED"
)

// NextJobs sets the outcome of the next n jobs that are submitted. Others succeed.
func (s *Server) NextJobs(n int, outcome Outcome) {
	s.engine.Exclusive(func() { s.hub.outcomes = append(s.hub.outcomes, slices.Repeat([]Outcome{outcome}, n)...) })
}

// SetJobState fixes the state of a job, which may be any text; with "" the clock changes
// it again. The methods for one job panic if there is no such job.
func (s *Server) SetJobState(id int64, state string) {
	s.withJob(id, func(j *job, _ time.Time) { j.fixed = state })
}

// PauseJob pauses a job that has not ended: it is PAUSING, then PAUSED.
func (s *Server) PauseJob(id int64) { s.withJob(id, (*job).pause) }

// ResumeJob resumes a paused job.
func (s *Server) ResumeJob(id int64) { s.withJob(id, (*job).resume) }

// Submission returns the body that a job was submitted with, decoded from JSON with
// numbers as [encoding/json.Number]; nil for a seeded job.
func (s *Server) Submission(id int64) (body map[string]any) {
	s.withJob(id, func(j *job, _ time.Time) {
		if j.submission != nil {
			body = simulator.Clone(j.submission)
		}
	})
	return body
}

func (s *Server) withJob(id int64, call func(*job, time.Time)) {
	s.engine.Exclusive(func() {
		it := s.hub.jobs.find("id", id)
		if it == nil {
			panic(fmt.Sprintf("ngeneatest: there is no job %d", id))
		}
		call(it.hidden.(*job), s.clock.Now())
	})
}

// job is a job whose state follows from the time. It stays for a step in each state.
type job struct {
	step      time.Duration
	begun     time.Time
	outcome   Outcome
	fixed     string    // the state of SetJobState, "" for none
	paused    time.Time // zero if it is not
	cancelled time.Time // zero if it was not

	submission map[string]any // the body that submitted it, nil for a seeded one
}

// state returns the state at a time.
func (j *job) state(now time.Time) string {
	switch {
	case j.fixed != "":
		return j.fixed
	case !j.cancelled.IsZero():
		return j.after(now, j.cancelled, "DEQUEUING", "CANCELLED")
	case !j.paused.IsZero():
		return j.after(now, j.paused, "PAUSING", "PAUSED")
	}
	started := j.begun.Add(j.step)
	switch {
	case now.Before(started):
		return "PENDING"
	case j.outcome == Skips, j.outcome == Hangs:
		return string(j.outcome)
	case now.Before(started.Add(j.step)):
		return "STARTED"
	case j.outcome == Pauses:
		return j.after(now, started.Add(j.step), "PAUSING", "PAUSED")
	}
	return string(j.outcome)
}

func (j *job) after(now, since time.Time, before, then string) string {
	if now.Before(since.Add(j.step)) {
		return before
	}
	return then
}

// ended reports whether the state can no longer change.
func (j *job) ended(now time.Time) bool {
	return !slices.Contains([]string{"PENDING", "STARTED", "PAUSING", "PAUSED", "DEQUEUING"}, j.state(now))
}

func (j *job) pause(now time.Time) {
	if !j.ended(now) && j.cancelled.IsZero() {
		j.paused = now
	}
}

// resume continues the job where it was paused, or from its start if its outcome is
// Pauses.
func (j *job) resume(now time.Time) {
	switch {
	case !j.paused.IsZero():
		j.begun = j.begun.Add(now.Sub(j.paused))
		j.paused = time.Time{}
	case j.outcome == Pauses && j.cancelled.IsZero():
		j.begun, j.outcome = now.Add(-j.step), Succeeds
	}
}

func showJob(it *item, now time.Time) map[string]any {
	return map[string]any{"state": it.hidden.(*job).state(now)}
}

// iso8601 is the format of times in the Hub's responses: UTC, with microseconds.
func iso8601(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func (h *hub) addJob(members map[string]any, who *account, now time.Time) *item {
	added := &job{step: h.set.Transition, begun: now, outcome: Succeeds}
	if len(h.outcomes) > 0 {
		added.outcome, h.outcomes = h.outcomes[0], h.outcomes[1:]
	}
	it := h.jobs.add(members, added, who)
	it.members["created"] = iso8601(now)
	if who != nil {
		it.members["owner"] = who.user
	}
	return it
}

// cancelJob is POST /jobs/{id}/cancel/. It does nothing to a job that has ended.
func cancelJob(r *simulator.Request, it *item) simulator.Response {
	if j := it.hidden.(*job); !j.ended(r.Time) && j.cancelled.IsZero() {
		j.cancelled, j.fixed = r.Time, ""
	}
	return simulator.Response{Status: http.StatusOK}
}

// listJobs is GET /jobs/: a page, with counts of the whole list by several members.
func (h *hub) listJobs(r *simulator.Request) simulator.Response {
	all := h.visible(h.jobs, r)
	page, ok := h.page(r, all)
	if !ok {
		return invalidPage()
	}
	types := map[string]int{"migrate": 0, "premigrate": 0, "recall": 0}
	states := map[string]int{"SUCCESS": 0, "FAILURE": 0, "STARTED": 0, "PENDING": 0, "ERROR": 0}
	sites := map[string]int{}
	for _, one := range all {
		for member, counts := range map[string]map[string]int{"type": types, "state": states, "site": sites} {
			if name, ok := one.(map[string]any)[member].(string); ok {
				counts[name]++
			}
		}
	}
	page["stats"] = map[string]any{"type": types, "state": states, "created": map[string]any{}, "site": sites}
	return simulator.Response{Status: http.StatusOK, Body: page}
}
