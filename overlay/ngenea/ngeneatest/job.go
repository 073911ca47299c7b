package ngeneatest

import (
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Outcome is what becomes of a job. One that is none of those below is a state
// that the job ends in, as a later release may have it.
type Outcome string

// What can become of a job.
const (
	Succeeds Outcome = "SUCCESS"
	Fails    Outcome = "FAILURE"
	Errs     Outcome = "ERROR"
	// Skips says that discovery found nothing to do.
	Skips Outcome = "SKIPPED"
	// Pauses stops the job after its start, until [Server.ResumeJob].
	Pauses Outcome = "PAUSED"
	// Hangs leaves the job STARTED for ever.
	Hangs Outcome = "STARTED"
)

// job is how a job goes on by the clock. Each step of its way takes a step's time.
type job struct {
	step      time.Duration
	begun     time.Time
	outcome   Outcome
	fixed     string    // a state that it stays in, "" for none
	paused    time.Time // zero if it is not
	cancelled time.Time // zero if it was not

	submission map[string]any // the body that asked for it, nil for a seeded one
}

// state is what the job is in at a time.
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

// ended says whether nothing can be done any more.
func (j *job) ended(now time.Time) bool {
	switch state := j.state(now); state {
	case "PENDING", "STARTED", "PAUSING", "PAUSED", "DEQUEUING":
		return false
	}
	return true
}

func (j *job) pause(now time.Time) {
	if !j.ended(now) && j.cancelled.IsZero() {
		j.paused = now
	}
}

// resume lets the job go on where it was, or from its start where that was its
// outcome.
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

// addJob puts a job in that begins now.
func (h *hub) addJob(members map[string]any, who *account, now time.Time) *item {
	doing := &job{step: h.set.transition, begun: now, outcome: Succeeds}
	if len(h.outcomes) > 0 {
		doing.outcome, h.outcomes = h.outcomes[0], h.outcomes[1:]
	}
	it := h.jobs.add(members, doing, who)
	it.members["created"] = iso8601(now)
	if who != nil {
		it.members["owner"] = who.user
	}
	return it
}

// cancelJob is POST /jobs/{id}/cancel/. Of a job that has ended it changes nothing.
func cancelJob(r *simulator.Request, it *item) simulator.Answer {
	if doing := it.hidden.(*job); !doing.ended(r.Time) && doing.cancelled.IsZero() {
		doing.cancelled, doing.fixed = r.Time, ""
	}
	return simulator.Answer{Status: http.StatusOK}
}

// listJobs is GET /jobs/, a page that counts the whole list by several members.
func (h *hub) listJobs(r *simulator.Request) simulator.Answer {
	all := h.visible(h.jobs, r)
	page, ok := h.page(r, all)
	if !ok {
		return invalidPage()
	}
	kinds := map[string]any{"migrate": 0, "premigrate": 0, "recall": 0}
	states := map[string]any{"SUCCESS": 0, "FAILURE": 0, "STARTED": 0, "PENDING": 0, "ERROR": 0}
	sites := map[string]any{}
	for _, one := range all {
		members := one.(map[string]any)
		count(kinds, members["type"])
		count(states, members["state"])
		count(sites, members["site"])
	}
	page["stats"] = map[string]any{"type": kinds, "state": states, "created": map[string]any{}, "site": sites}
	return simulator.Answer{Status: http.StatusOK, Body: page}
}

func count(counts map[string]any, member any) {
	if name, ok := member.(string); ok {
		before, _ := counts[name].(int)
		counts[name] = before + 1
	}
}
