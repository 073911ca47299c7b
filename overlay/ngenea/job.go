package ngenea

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// JobError means that a job ended as FAILURE, ERROR or CANCELLED. It is an [ErrJobFailed];
// get it with errors.As.
type JobError struct {
	Job *ngeneaapi.Job // as seen last
}

// Error returns the job and its state.
func (e *JobError) Error() string {
	return fmt.Sprintf("ngenea: job %d ended as %s: the tasks of the job in the Hub have the reason", e.Job.ID, e.Job.State)
}

// Is reports whether target is ErrJobFailed.
func (e *JobError) Is(target error) bool { return target == ErrJobFailed }

// Format prints the line of Error for every verb.
func (e JobError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// ErrJobVanished is the error of a wait whose job existed and then did not. The Hub keeps
// jobs for months after their end, so it was removed, and its outcome is unknown.
var ErrJobVanished = errors.New("the job no longer exists, and its outcome is unknown")

// WaitOption configures one [Client.WaitJob].
type WaitOption func(*jobWait)

type jobWait struct {
	report    func(*ngeneaapi.Job)
	tolerance int // see wait.Poll
}

// OnProgress calls report with the job when it is first seen and whenever it has changed.
// report runs in the goroutine of the wait and delays it.
func OnProgress(report func(*ngeneaapi.Job)) WaitOption {
	return func(w *jobWait) {
		if report != nil {
			w.report = report
		}
	}
}

// Tolerate ends the wait if more than so many polls in a row fail because the Hub is
// unreachable, busy or failing, each after the retries of its call. Without it, and for 0,
// only the bound ends such a wait.
func Tolerate(failures int) WaitOption {
	return func(w *jobWait) {
		if failures > 0 {
			w.tolerance = failures
		}
	}
}

// WaitJob polls a job until it ends, for at most bound, and returns it as seen last, nil if
// never. bound may be 0 if the context has a deadline. It polls at growing intervals of
// half a second to ten seconds, with jitter.
//
// SUCCESS, and SKIPPED because there was nothing to do, are no error. FAILURE, ERROR and
// CANCELLED are a [JobError]. The wait continues in every other state, including unknown
// ones and PAUSED, which lasts until a user resumes the job. If the bound passes first, the
// error is [ErrWaitTimeout], and the job continues. An unknown ID is [ErrNotFound], a job
// that is removed [ErrJobVanished]. While the Hub is unreachable, busy or failing, WaitJob
// polls again until the bound, or as often as [Tolerate] says. Any other error ends the wait.
func (c *Client) WaitJob(ctx context.Context, id int64, bound time.Duration, options ...WaitOption) (*ngeneaapi.Job, error) {
	w := jobWait{report: func(*ngeneaapi.Job) {}, tolerance: -1}
	for _, option := range options {
		if option != nil {
			option(&w)
		}
	}
	if ctx == nil {
		return nil, errNilContext
	}
	var last *ngeneaapi.Job
	get := func(ctx context.Context) (*ngeneaapi.Job, error) {
		job, err := c.Jobs.Get(ctx, id)
		if err == nil && !reflect.DeepEqual(job, last) {
			last = job
			w.report(job)
		}
		return job, err
	}
	job, err := wait.For(ctx, wait.Poll[*ngeneaapi.Job]{Bound: bound, Get: get, State: stateOf, OnError: tolerate, Tolerance: w.tolerance})
	switch {
	case err == nil:
		return job, nil
	case errors.Is(err, wait.ErrFailed):
		return job, &JobError{Job: job}
	case job != nil && errors.Is(err, ErrNotFound):
		return job, fmt.Errorf("ngenea: job %d: %w: %w", id, ErrJobVanished, err)
	}
	return job, fmt.Errorf("ngenea: job %d: %w", id, err)
}

// stateOf returns the state of a job. The spelling of most states is inferred, so their case
// is ignored.
func stateOf(job *ngeneaapi.Job) (string, wait.Outcome) {
	state := ngeneaapi.JobState(strings.ToUpper(string(job.State)))
	switch state {
	case ngeneaapi.JobStateSuccess, ngeneaapi.JobStateSkipped:
		return string(state), wait.Done
	case ngeneaapi.JobStateFailure, ngeneaapi.JobStateError, ngeneaapi.JobStateCancelled:
		return string(state), wait.Failed
	}
	return string(state), wait.Running
}

// tolerate continues a wait if the Hub is unreachable, busy or failing.
func tolerate(err error, _ bool) wait.Outcome {
	var failed *Error
	if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBusy) || errors.As(err, &failed) && failed.Status >= 500 {
		return wait.Running
	}
	return wait.Failed
}

// JobStats returns the numbers of jobs by type, state and site, over all pages (the member
// stats of operation listJobs). The filters are those of [Client.AllJobs]. It is empty if
// the Hub does not count.
func (c *Client) JobStats(ctx context.Context, filters url.Values, options ...CallOption) (*ngeneaapi.JobStats, error) {
	page, err := c.Jobs.List(ctx, nil, filtered(filters, options)...)
	if err != nil {
		return nil, err
	}
	return &page.Stats, nil
}

// CancelJob asks the Hub to stop a job (operation cancelJob, inferred). Running tasks
// finish first; the job becomes DEQUEUING, then CANCELLED. [Client.WaitJob] waits for that
// and returns a [JobError]. An unknown ID is [ErrNotFound].
func (c *Client) CancelJob(ctx context.Context, id int64, options ...CallOption) error {
	return c.Jobs.Cancel(ctx, id, options...)
}
