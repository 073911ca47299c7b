package token

import (
	"math/rand/v2"
	"time"
)

// Defaults and limits of a [Source].
const (
	// DefaultTimeout limits the wait for the store's lock, and anew one refresh or login.
	DefaultTimeout = 30 * time.Second

	// DefaultEarlyRefresh is the longest window before the expiry in which a token is
	// renewed in the background.
	DefaultEarlyRefresh = 5 * time.Minute

	// DefaultLockout is how long nothing logs in after a LockedOutError without a time.
	DefaultLockout = 2 * time.Minute
)

const (
	earlyFraction = 5 // the window is at most this part of the lifetime

	// Pauses after failed renewals double from the first to the longest, but a caller
	// without a token waits no longer than maxWait for the next try.
	firstPause   = 250 * time.Millisecond
	longestPause = 30 * time.Second
	maxWait      = 5 * time.Second

	// recheck is how long a verdict stands before the store is looked at again.
	recheck = time.Second

	// forcedPause separates renewals forced by invalidation, should a server refuse
	// every token that it issues.
	forcedPause = 100 * time.Millisecond
)

// Option sets up a [Source].
type Option func(*settings)

type settings struct {
	store    Store
	shared   bool // the store may have other users
	identity Identity
	timeout  time.Duration
	early    time.Duration
	hook     func(Event)
	now      func() time.Time
	random   func() float64 // in [0, 1)
}

func newSettings(options []Option) settings {
	set := settings{
		timeout: DefaultTimeout,
		early:   DefaultEarlyRefresh,
		now:     time.Now,
		random:  rand.Float64,
	}
	for _, option := range options {
		option(&set)
	}
	set.shared = set.store != nil
	if !set.shared {
		set.store = NewMemoryStore()
	}
	if set.hook == nil {
		set.hook = func(Event) {}
	}
	if set.timeout <= 0 {
		set.timeout = DefaultTimeout
	}
	return set
}

// WithStore keeps the token in store, for identity. Without it, it lives in the
// Source alone.
func WithStore(store Store, identity Identity) Option {
	return func(set *settings) { set.store, set.identity = store, identity }
}

// WithTimeout replaces [DefaultTimeout], if it is positive.
func WithTimeout(timeout time.Duration) Option {
	return func(set *settings) { set.timeout = timeout }
}

// WithEarlyRefresh replaces [DefaultEarlyRefresh], the longest window; a fifth of
// the lifetime stays the other bound. 0 renews only what has expired.
func WithEarlyRefresh(longest time.Duration) Option {
	return func(set *settings) { set.early = max(0, longest) }
}

// WithHook calls hook for every [Event], one at a time and before the callers that
// wait get their answer: it must be quick and must not call the Source.
func WithHook(hook func(Event)) Option {
	return func(set *settings) { set.hook = hook }
}
