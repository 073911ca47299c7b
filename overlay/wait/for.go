package wait

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// For polls until the state is Done and returns what it saw then. In every other
// case it returns what it saw last, the zero value if nothing, and an *[Error].
func For[T any](ctx context.Context, poll Poll[T]) (T, error) {
	w := waiter[T]{Poll: poll, begin: time.Now()}
	bound, cancel := poll.bound(ctx)
	defer cancel()
	deadline, bounded := bound.Deadline()
	if !bounded || poll.Bound < 0 {
		return w.end(ErrNoBound)
	}
	interval := poll.first()
	for bound.Err() == nil {
		outcome, err := w.look(bound)
		switch {
		case err != nil && bound.Err() != nil:
			continue
		case err != nil:
			return w.end(err)
		case outcome == Done:
			return w.last, nil
		case outcome == Failed:
			return w.end(ErrFailed)
		}
		var pause time.Duration
		pause, interval = poll.interval(interval, time.Until(deadline))
		sleep(bound, pause)
	}
	return w.end(ended(ctx))
}

// ended says why the wait's own context ended.
func ended(ctx context.Context) error {
	switch {
	case ctx.Err() == nil:
		return ErrTimeout
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrTimeout, ctx.Err())
	default:
		return ctx.Err()
	}
}

// waiter is a wait under way.
type waiter[T any] struct {
	Poll[T]
	begin     time.Time
	last      T
	seen      bool
	state     string
	polls     int
	tolerated int
	inARow    int
	lastError error
}

// look asks once. An error is one that ends the wait.
func (w *waiter[T]) look(ctx context.Context) (Outcome, error) {
	w.polls++
	seen, err := w.Get(ctx)
	switch {
	case err != nil && ctx.Err() != nil: // the end of the wait is nobody's fault
		return Running, err
	case err != nil:
		return w.judge(err)
	}
	w.inARow, w.lastError = 0, nil
	name, outcome := w.State(seen)
	changed := !w.seen || name != w.state
	w.last, w.state, w.seen = seen, name, true
	if changed && w.OnChange != nil {
		w.OnChange(seen)
	}
	return outcome, nil
}

// judge decides about an error of Get.
func (w *waiter[T]) judge(err error) (Outcome, error) {
	w.lastError = err
	outcome := Failed
	if w.OnError != nil {
		outcome = w.OnError(err, w.seen)
	}
	switch outcome {
	case Done:
		return Done, nil
	case Failed:
		return Failed, err
	}
	if w.inARow++; w.inARow > w.tolerance() {
		return Failed, err
	}
	w.tolerated++
	return Running, nil
}

func (w *waiter[T]) end(cause error) (T, error) {
	return w.last, &Error[T]{
		Last: w.last, Seen: w.seen, State: w.state, Polls: w.polls, Tolerated: w.tolerated,
		Elapsed: time.Since(w.begin), Cause: cause, LastError: w.lastError,
	}
}

// sleep ends early with the wait, and where that comes first, not before it.
func sleep(ctx context.Context, pause time.Duration) {
	if end, _ := ctx.Deadline(); time.Until(end) <= pause {
		<-ctx.Done()
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
