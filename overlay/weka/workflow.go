package weka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/wait"
)

// WaitError is the error of an …AndWait method that ended without success, for errors.As.
// It holds what was seen last, such as a *wekaapi.FileSystem.
type WaitError[T any] = wait.Error[T]

// The ways in which a wait fails, for errors.Is. Other errors are those of the call that
// ended it, or context.Canceled.
var (
	// ErrWaitFailed: the object is in a final state other than the one waited for, such as
	// a new filesystem that is being removed.
	ErrWaitFailed  = wait.ErrFailed
	ErrWaitTimeout = wait.ErrTimeout // the bound or the deadline of the context has passed
	ErrNoBound     = wait.ErrNoBound // there is neither a bound above 0 nor a deadline; nothing was sent
)

// WaitOption configures one wait for a T.
type WaitOption[T any] func(*waiting[T])

type waiting[T any] struct{ report func(T) }

// OnProgress calls report with the object when it is first seen and whenever its state or
// progress has changed. report runs in the goroutine of the wait and delays it.
func OnProgress[T any](report func(T)) WaitOption[T] {
	return func(w *waiting[T]) { w.report = report }
}

// await begins something and polls until it has ended, both within one bound.
func await[T any](
	ctx context.Context, bound time.Duration, begin func(context.Context) error, poll wait.Poll[T], options []WaitOption[T],
) (T, error) {
	var none T
	if ctx == nil {
		return none, errNilContext
	}
	if _, bounded := ctx.Deadline(); bound < 0 || bound == 0 && !bounded {
		return none, fmt.Errorf("weka: wait for %s: %w", poll.What, ErrNoBound)
	}
	if bound > 0 {
		within, cancel := context.WithTimeout(ctx, bound)
		defer cancel()
		ctx = within
	}
	if err := begin(ctx); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("weka: wait for %s: %w: %w", poll.What, ErrWaitTimeout, err)
		}
		return none, err
	}
	var w waiting[T]
	for _, option := range options {
		if option != nil {
			option(&w)
		}
	}
	poll.OnChange, poll.Tolerance = w.report, -1
	if poll.OnError == nil {
		poll.OnError = tolerate
	}
	return wait.For(ctx, poll)
}

// tolerate continues a wait if the cluster is unreachable, busy or failing.
func tolerate(err error, _ bool) wait.Outcome {
	var failed *Error
	if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBusy) || errors.As(err, &failed) && failed.Class == nil && failed.Status >= 500 {
		return wait.Running
	}
	return wait.Failed
}

// untilGone is tolerate for a wait that ends when the object does not exist.
func untilGone(err error, seen bool) wait.Outcome {
	if errors.Is(err, ErrNotFound) {
		return wait.Done
	}
	return tolerate(err, seen)
}

// begun is the begin of an await for something that is under way.
func begun(context.Context) error { return nil }

// ensure returns what find finds, or creates it. Another program may create it in between.
func ensure[T any](find, create func() (*T, error)) (there *T, created bool, err error) {
	there, err = find()
	if !errors.Is(err, ErrNotFound) {
		return there, false, err
	}
	there, err = create()
	if errors.Is(err, ErrAlreadyExists) {
		there, err = find()
		return there, false, err
	}
	return there, err == nil, err
}

// WaitTask waits until the cluster no longer lists a background task (operation getTasks):
// it has ended, or was aborted, which the list does not tell apart. A task that has ended
// before is no error. It waits as [Client.CreateFileSystemAndWait] does.
func (c *Client) WaitTask(ctx context.Context, uid string, bound time.Duration, options ...WaitOption[*wekaapi.Task]) error {
	what := "task " + uid
	_, err := await(ctx, bound, begun, wait.Poll[*wekaapi.Task]{
		What: what,
		Get: func(ctx context.Context) (*wekaapi.Task, error) {
			all, err := c.Tasks.List(ctx, nil)
			return find(all, err, wekaapi.OpGetTasks, what, func(t *wekaapi.Task) bool { return t.UID == uid })
		},
		State: func(t *wekaapi.Task) (string, wait.Outcome) {
			return fmt.Sprintf("%s %.0f%%", t.State, t.Progress), wait.Running
		},
		OnError: untilGone,
	}, options)
	return err
}

// find returns the first item of a list that matches. Without one, it returns ErrNotFound
// as the error of the operation that returned the list.
func find[T any](list []T, err error, operation *api.Operation, what string, matches func(*T) bool) (*T, error) {
	if err != nil {
		return nil, err
	}
	for i := range list {
		if matches(&list[i]) {
			return &list[i], nil
		}
	}
	return nil, &call.Error{
		Operation: operation.ID(), Method: operation.Method(), Path: operation.Path(), Class: ErrNotFound, Message: "there is no " + what,
	}
}
