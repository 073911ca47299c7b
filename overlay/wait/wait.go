package wait

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// Outcome is what a state means for a wait.
type Outcome int

const (
	// Running continues the wait. It is right for an unknown state.
	Running Outcome = iota
	// Done is the state that was waited for.
	Done
	// Failed is a state that never becomes Done.
	Failed
)

const (
	defaultFirst     = 500 * time.Millisecond
	defaultLongest   = 10 * time.Second
	minInterval      = 100 * time.Millisecond
	defaultTolerance = 10
	growth           = 1.5
)

// Poll says what to wait for. Bound, Get and State are required.
type Poll[T any] struct {
	// What names the object in errors, such as "filesystem fs1"; it may be empty.
	What string
	// Bound is the longest duration of the wait. It may be 0 if the context has a deadline.
	Bound time.Duration
	// Get polls once. Its context ends with the wait.
	Get func(context.Context) (T, error)
	// State judges a value of Get. The name appears in errors, and OnChange is called when
	// it changes, so it may contain a progress: "UPLOADING 33%".
	State func(value T) (name string, outcome Outcome)

	// OnError judges an error of Get; seen says whether Get succeeded before. Running
	// tolerates the error. Done ends the wait with success, as a not-found error does when
	// waiting for a deletion, or for a job that was seen and then purged. Failed ends it
	// with the error. Nil is Failed for every error.
	OnError func(err error, seen bool) Outcome
	// Tolerance is how many errors in a row may be tolerated; one more ends the wait. 0 is
	// 10, and a negative number leaves the end to Bound.
	Tolerance int
	// OnChange is called with the first value of Get and with each whose state has another
	// name than the last. It runs in the goroutine of the wait, which waits for it.
	OnChange func(T)

	// First is the interval after the first poll. It grows by half each time, up to
	// Longest, and is then shortened by up to a half at random. 0 is 500 ms and 10 s;
	// no interval is shorter than 100 ms. When the end is nearer than two intervals, the
	// intervals get shorter, so that a late change is still seen.
	First, Longest time.Duration
}

// For polls until the state is Done and returns the last value. Otherwise it returns the
// last value, which is the zero value if there is none, and an *[Error].
func For[T any](ctx context.Context, poll Poll[T]) (T, error) {
	w := waiter[T]{Poll: poll, begin: time.Now()}
	if ctx == nil {
		return w.end(errors.New("the context is nil"))
	}
	bound, cancel := poll.bound(ctx)
	defer cancel()
	deadline, bounded := bound.Deadline()
	if !bounded || poll.Bound < 0 {
		return w.end(ErrNoBound)
	}
	interval := poll.first()
	for bound.Err() == nil {
		outcome, err := w.poll(bound)
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
	return w.end(cause(ctx))
}

// cause returns why the wait's own context ended.
func cause(ctx context.Context) error {
	switch {
	case ctx.Err() == nil:
		return ErrTimeout
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrTimeout, ctx.Err())
	default:
		return ctx.Err()
	}
}

// bound returns ctx, ended by Bound if that is earlier than its deadline.
func (p *Poll[T]) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Bound <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, p.Bound)
}

// interval returns the pause before the next poll, and the interval after that.
func (p *Poll[T]) interval(now, left time.Duration) (pause, next time.Duration) {
	pause = now/2 + rand.N(now/2+1) //nolint:gosec // jitter needs no secure source
	pause = max(minInterval, min(pause, left/2))
	return pause, min(time.Duration(float64(now)*growth), p.longest())
}

func (p *Poll[T]) first() time.Duration {
	if p.First <= 0 {
		return min(defaultFirst, p.longest())
	}
	return min(max(minInterval, p.First), p.longest())
}

func (p *Poll[T]) longest() time.Duration {
	if p.Longest <= 0 {
		return max(defaultLongest, p.First)
	}
	return max(minInterval, p.Longest)
}

func (p *Poll[T]) tolerance() int {
	switch {
	case p.Tolerance < 0:
		return math.MaxInt
	case p.Tolerance == 0:
		return defaultTolerance
	}
	return p.Tolerance
}

// sleep returns early at the end of the context. A pause that would outlast the deadline
// ends with it, not before.
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

// waiter is a wait in progress.
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

// poll polls once. It returns an error only if that ends the wait.
func (w *waiter[T]) poll(ctx context.Context) (Outcome, error) {
	w.polls++
	value, err := w.Get(ctx)
	switch {
	case err != nil && ctx.Err() != nil: // the end of the wait is not an error of the server
		return Running, err
	case err != nil:
		return w.judge(err)
	}
	w.inARow, w.lastError = 0, nil
	name, outcome := w.State(value)
	changed := !w.seen || name != w.state
	w.last, w.state, w.seen = value, name, true
	if changed && w.OnChange != nil {
		w.OnChange(value)
	}
	return outcome, nil
}

// judge decides whether an error of Get ends the wait.
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
		What: w.What, Last: w.last, Seen: w.seen, State: w.state, Polls: w.polls, Tolerated: w.tolerated,
		Elapsed: time.Since(w.begin), Cause: cause, LastError: w.lastError,
	}
}

// The causes of an [Error], for errors.Is. If the caller cancelled the context, the cause
// is context.Canceled; if an error of Get ended the wait, it is that error.
var (
	// ErrFailed means that Poll.State judged a state as Failed.
	ErrFailed = errors.New("it failed")
	// ErrTimeout means that Bound or the deadline of the context has passed. With the
	// deadline the error is context.DeadlineExceeded too.
	ErrTimeout = errors.New("not within the time given")
	// ErrNoBound means that there was neither Bound nor a deadline. Get was not called.
	ErrNoBound = errors.New("a wait needs a bound: give a duration above zero, or a context with a deadline")
)

// Error is the only error type of [For]. It prints as one line for every verb, without the
// content of Last.
type Error[T any] struct {
	What      string        // Poll.What
	Last      T             // the last value of Get; the zero value if Seen is false
	Seen      bool          // whether Get succeeded
	State     string        // the name of Last's state
	Polls     int           // how often Get was called
	Tolerated int           // how many of its errors were tolerated
	Elapsed   time.Duration // the duration of the wait
	Cause     error         // one of this package's errors, the context's, or Get's
	LastError error         // the last error of Get, nil if Get succeeded after it
}

// Error says why the wait ended, what the last state was, and how often it polled.
func (e *Error[T]) Error() string {
	var b strings.Builder
	b.WriteString("wait")
	if e.What != "" {
		b.WriteString(" for " + e.What)
	}
	b.WriteString(": " + e.Cause.Error())
	if e.Seen {
		fmt.Fprintf(&b, ", last state %q", e.State)
	}
	if e.Polls > 0 {
		fmt.Fprintf(&b, " (%d polls in %v, %d errors tolerated)", e.Polls, e.Elapsed.Round(time.Millisecond), e.Tolerated)
	}
	if e.LastError != nil && !errors.Is(e.Cause, e.LastError) {
		b.WriteString("; last error: " + e.LastError.Error())
	}
	return strings.Map(printable, b.String())
}

// Unwrap returns the cause and the last error, for errors.Is and errors.As.
func (e *Error[T]) Unwrap() []error {
	if e.LastError == nil {
		return []error{e.Cause}
	}
	return []error{e.Cause, e.LastError}
}

// Format prints Error for every verb, because Last can contain secrets. Its receiver is a
// value, so that a copy prints no more.
func (e Error[T]) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

// MarshalJSON writes Error, what was waited for, its state and the cause. An error that
// writes itself as JSON, as that of a call, is the cause as an object.
func (e Error[T]) MarshalJSON() ([]byte, error) {
	members := struct {
		Error string `json:"error"`
		What  string `json:"what,omitempty"`
		State string `json:"state,omitempty"`
		Polls int    `json:"polls"`
		Cause any    `json:"cause"`
	}{e.Error(), e.What, e.State, e.Polls, e.Cause.Error()}
	if _, ok := e.Cause.(json.Marshaler); ok {
		members.Cause = e.Cause
	}
	return json.Marshal(members)
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}
