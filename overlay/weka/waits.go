package weka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

// WaitError is the error of a method …AndWait that ended without what it waited for,
// for errors.As: it holds what was seen last, such as a *wekaapi.FileSystem.
type WaitError[T any] = wait.Error[T]

// The ways in which a wait ends without what it waited for, for errors.Is. Any other
// is the error of the call that ended it, or context.Canceled.
var (
	// ErrWaitFailed: the object is in a state that leads nowhere, such as a filesystem
	// that is being removed while it is waited for.
	ErrWaitFailed = wait.ErrFailed
	// ErrWaitTimeout: the bound is over, or the deadline of the context past.
	ErrWaitTimeout = wait.ErrTimeout
	// ErrNoBound: neither a bound above 0 nor a deadline was given. Nothing was sent.
	ErrNoBound = wait.ErrNoBound
)

// WaitOption changes one wait for a T.
type WaitOption[T any] func(*waiting[T])

// waiting is what the options of a wait say.
type waiting[T any] struct{ tell func(T) }

// OnProgress has tell called with what is waited for, the first time and whenever its
// state or progress has changed. It holds the wait up, and runs in its goroutine.
func OnProgress[T any](tell func(T)) WaitOption[T] {
	return func(w *waiting[T]) { w.tell = tell }
}

// await begins something and polls until it is over, both within one bound.
func await[T any](ctx context.Context, bound time.Duration, begin func(context.Context) error, poll wait.Poll[T], options []WaitOption[T]) (T, error) {
	var none T
	if _, bounded := ctx.Deadline(); bound < 0 || bound == 0 && !bounded {
		return none, fmt.Errorf("weka: %w", ErrNoBound)
	}
	if bound > 0 {
		within, cancel := context.WithTimeout(ctx, bound)
		defer cancel()
		ctx = within
	}
	if err := begin(ctx); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("weka: %w: %w", ErrWaitTimeout, err)
		}
		return none, err
	}
	var w waiting[T]
	for _, option := range options {
		option(&w)
	}
	poll.OnChange = w.tell
	if poll.OnError == nil {
		poll.OnError = tolerate
	}
	return wait.For(ctx, poll)
}

// tolerate goes on where the cluster is out of reach, busy or stumbling.
func tolerate(err error, _ bool) wait.Outcome {
	var failed *Error
	if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrBusy) || errors.As(err, &failed) && failed.Class == nil && failed.Status >= 500 {
		return wait.Running
	}
	return wait.Failed
}

// untilGone is tolerate for the wait for an end: not to be found is what it waits for.
func untilGone(err error, seen bool) wait.Outcome {
	if errors.Is(err, ErrNotFound) {
		return wait.Done
	}
	return tolerate(err, seen)
}
