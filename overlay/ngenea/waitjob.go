package ngenea

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// JobError is a job that ended without success: as FAILURE, ERROR or CANCELLED. It is
// [ErrJobFailed]; get it with errors.As.
type JobError struct {
	Job *ngeneaapi.Job // as it was seen last
}

// Error names the job and its state.
func (e *JobError) Error() string {
	return fmt.Sprintf("ngenea: job %d ended as %s: see the tasks of the job in the Hub for the reason", e.Job.ID, e.Job.State)
}

// Is makes it an ErrJobFailed.
func (e *JobError) Is(target error) bool { return target == ErrJobFailed }

// Format prints the line of Error for every verb.
func (e JobError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// ErrJobVanished is the error of a wait whose job was there and then was not. The Hub
// keeps jobs for months after their end, so somebody removed it: how it ended, nobody
// can tell.
var ErrJobVanished = errors.New("the job was there and is gone, and how it ended cannot be told")

// WaitOption changes one [Client.WaitJob].
type WaitOption func(*jobWait)

// OnProgress has a function told of the job when it is seen first, and whenever anything
// of it has changed since. It runs in the goroutine of the wait, which it holds up.
func OnProgress(tell func(*ngeneaapi.Job)) WaitOption {
	return func(w *jobWait) { w.tell = tell }
}

// WaitJob asks for a job until it is over, bound at most, and returns it as seen last.
// Bound may be 0 where the context has a deadline. It asks at growing intervals of half
// a second to ten, with jitter.
//
// A job that ended as SUCCESS, or as SKIPPED because there was nothing to do, is no
// error. FAILURE, ERROR and CANCELLED are a [JobError]. Every other state goes on, the
// unknown ones too, and PAUSED, which lasts until somebody resumes it. A wait that ends
// before the job does is [ErrWaitTimeout], and the job goes on. A job that is not there
// from the beginning is [ErrNotFound], one that vanishes [ErrJobVanished]. A Hub that is
// out of reach or busy is asked again, ten times in a row beyond each call's own
// retries; any other error ends the wait. The job is nil if it was never seen.
func (c *Client) WaitJob(ctx context.Context, id int64, bound time.Duration, options ...WaitOption) (*ngeneaapi.Job, error) {
	w := &jobWait{client: c, id: id, tell: func(*ngeneaapi.Job) {}}
	for _, option := range options {
		option(w)
	}
	job, err := wait.For(ctx, wait.Poll[*ngeneaapi.Job]{Bound: bound, Get: w.get, State: stateOf, OnError: tolerate})
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

// jobWait is one wait for a job.
type jobWait struct {
	client *Client
	id     int64
	tell   func(*ngeneaapi.Job)
	last   *ngeneaapi.Job
}

func (w *jobWait) get(ctx context.Context) (*ngeneaapi.Job, error) {
	job, err := w.client.Jobs.GetJob(ctx, w.id)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(job, w.last) {
		w.tell(job)
	}
	w.last = job
	return job, nil
}

// stateOf judges a job. The spelling of most states is inferred, so their case does not
// count.
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

// tolerate goes on where the Hub is out of reach, busy or stumbling.
func tolerate(err error, _ bool) wait.Outcome {
	var failed *Error
	if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBusy) || errors.As(err, &failed) && failed.Status >= 500 {
		return wait.Running
	}
	return wait.Failed
}
