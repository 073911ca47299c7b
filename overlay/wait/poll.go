package wait

import (
	"context"
	"math/rand/v2"
	"time"
)

// Outcome is what a state means for a wait.
type Outcome int

const (
	// Running goes on, and is right for a state that nobody knows.
	Running Outcome = iota
	// Done is what was waited for.
	Done
	// Failed will never become Done.
	Failed
)

const (
	defaultFirst     = 500 * time.Millisecond
	defaultLongest   = 10 * time.Second
	minimum          = 100 * time.Millisecond
	defaultTolerance = 10
	growth           = 1.5
)

// Poll says what to wait for. Bound, Get and State are required.
type Poll[T any] struct {
	// Bound ends the wait. It may be 0 where the context has a deadline.
	Bound time.Duration
	// Get asks once. Its context ends with the wait.
	Get func(context.Context) (T, error)
	// State judges what Get returned. The name is for errors, and a change of it is
	// what OnChange is told, so it may hold a progress: "UPLOADING 33%".
	State func(seen T) (name string, outcome Outcome)

	// OnError judges an error of Get; seen says whether Get succeeded before. Running
	// tolerates it, Done ends the wait well, as a not-found does for a deletion or for
	// a job that was seen and then purged; Failed ends it with that error. Nil is
	// Failed for every error.
	OnError func(err error, seen bool) Outcome
	// Tolerance is how many errors in a row may be tolerated; one more ends the wait.
	// 0 is 10.
	Tolerance int
	// OnChange is told what Get returned, the first time and when the name of its
	// state changed. It runs in the goroutine of the wait, which it holds up.
	OnChange func(T)

	// First is the interval after the first look: it grows by half each time, up to
	// Longest, and is then shortened by up to a half at random. 0 are 500 ms and 10 s;
	// nothing is shorter than 100 ms. When the end is nearer than two intervals, the
	// looks come closer, so that what comes about late is still seen.
	First, Longest time.Duration
}

// bound is ctx until the earlier of its deadline and Bound.
func (p *Poll[T]) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.Bound <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, p.Bound)
}

// interval gives the pause before the next look, and the interval that follows.
func (p *Poll[T]) interval(now, left time.Duration) (pause, next time.Duration) {
	pause = now/2 + rand.N(now/2+1) //nolint:gosec // jitter is no secret
	pause = max(minimum, min(pause, left/2))
	return pause, min(time.Duration(float64(now)*growth), p.longest())
}

func (p *Poll[T]) first() time.Duration {
	if p.First <= 0 {
		return min(defaultFirst, p.longest())
	}
	return min(max(minimum, p.First), p.longest())
}

func (p *Poll[T]) longest() time.Duration {
	if p.Longest <= 0 {
		return max(defaultLongest, p.First)
	}
	return max(minimum, p.Longest)
}

func (p *Poll[T]) tolerance() int {
	if p.Tolerance <= 0 {
		return defaultTolerance
	}
	return p.Tolerance
}
