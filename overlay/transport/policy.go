package transport

import (
	"cmp"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// RetryPolicy says how often and how fast a failed call is sent again. The zero value
// is what the constants say.
type RetryPolicy struct {
	// Attempts is how often a call is sent in all, the first time and what other
	// layers repeat after a 401 or a redirect included. 0 is DefaultAttempts, 1 never
	// sends again.
	Attempts int
	// FirstPause and LongestPause bound the pauses: before the n-th repetition it is a
	// random time up to FirstPause·2ⁿ⁻¹, but not above LongestPause. A server that
	// asks for more with Retry-After gets it. 0 is DefaultFirstPause and
	// DefaultLongestPause.
	FirstPause, LongestPause time.Duration
	// Patience bounds the pauses of one call together. A pause that would exceed it,
	// or the caller's deadline, is not begun: the call ends at once with the last
	// answer. 0 is DefaultPatience.
	Patience time.Duration
}

// The values of a zero RetryPolicy.
const (
	DefaultAttempts     = 4
	DefaultFirstPause   = 200 * time.Millisecond
	DefaultLongestPause = 8 * time.Second
	DefaultPatience     = 30 * time.Second
)

// Filled is the policy with the defaults in the place of what is 0.
func (p RetryPolicy) Filled() RetryPolicy {
	return RetryPolicy{
		Attempts:     cmp.Or(p.Attempts, DefaultAttempts),
		FirstPause:   cmp.Or(p.FirstPause, DefaultFirstPause),
		LongestPause: cmp.Or(p.LongestPause, DefaultLongestPause),
		Patience:     cmp.Or(p.Patience, DefaultPatience),
	}
}

// pause is how long to wait before the n-th repetition, counted from 1. The whole of
// it is random (full jitter), or all whom an outage hit would come back together.
func (p RetryPolicy) pause(n int, answer *http.Response) time.Duration {
	bound := p.LongestPause
	if p.FirstPause < bound>>(n-1) { // or doubling it would overflow at last
		bound = p.FirstPause << (n - 1)
	}
	pause := time.Duration(rand.Int64N(int64(bound) + 1)) //nolint:gosec // spreads load, hides nothing
	if answer != nil {
		pause = max(pause, retryAfter(answer.Header.Get("Retry-After")))
	}
	return pause
}

// retryAfter reads a header that holds a number of seconds or a date; what is
// neither, or lies in the past, asks for nothing. A number too large for a Duration
// is the largest one.
func retryAfter(value string) time.Duration {
	if value == "" {
		return 0
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	seconds, err := strconv.ParseFloat(value, 64)
	switch {
	case seconds >= math.MaxInt64/float64(time.Second): // of an overflow it is +Inf
		return math.MaxInt64
	case err != nil || !(seconds > 0):
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
