package token

import (
	"math/rand/v2"
	"time"
)

// Defaults of a [Source].
const (
	// DefaultTimeout limits the wait for the store's lock and, separately, one refresh
	// or login.
	DefaultTimeout = 30 * time.Second

	// DefaultEarlyRefresh is the longest window before the expiry in which a token is
	// refreshed in the background.
	DefaultEarlyRefresh = 5 * time.Minute

	// DefaultLockout is how long a LockedOutError without a time blocks logins.
	DefaultLockout = 2 * time.Minute

	// LongestBlock is the longest time for which a LockedOutError or a ThrottledError
	// blocks logins, whatever the server states.
	LongestBlock = 24 * time.Hour
)

const (
	earlyFraction = 5 // the window is at most a fifth of the lifetime

	// Pauses after failed renewals double from the first to the longest, but a caller
	// without a valid token waits no longer than maxWait for the next attempt.
	firstPause   = 250 * time.Millisecond
	longestPause = 30 * time.Second
	maxWait      = 5 * time.Second

	// recheck is how long a permanent error is returned before the store is read again.
	recheck = time.Second

	// forcedPause separates renewals after Invalidate, for a server that rejects every
	// token it issues.
	forcedPause = 100 * time.Millisecond

	minBlock = time.Second // of logins by a lockout or a throttle
)

// Option configures a [Source]. A nil Option counts as none.
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
		if option != nil {
			option(&set)
		}
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

// WithStore keeps the token of identity in store. By default the token is kept in the
// Source only.
func WithStore(store Store, identity Identity) Option {
	return func(set *settings) { set.store, set.identity = store, identity }
}

// WithTimeout replaces [DefaultTimeout]. A timeout of 0 or less has no effect.
func WithTimeout(timeout time.Duration) Option {
	return func(set *settings) { set.timeout = timeout }
}

// WithEarlyRefresh replaces [DefaultEarlyRefresh], the longest window; a fifth of the
// lifetime remains the other limit. With 0 or less, only expired tokens are renewed.
func WithEarlyRefresh(longest time.Duration) Option {
	return func(set *settings) { set.early = max(0, longest) }
}

// WithHook calls hook for every [Event], one at a time, before waiting callers return.
// hook must not block and must not call the Source.
func WithHook(hook func(Event)) Option {
	return func(set *settings) { set.hook = hook }
}

// EventKind is the kind of an [Event].
type EventKind int

// The kinds of [Event].
const (
	Started      EventKind = iota + 1 // a refresh or login request is about to be sent
	Refreshed                         // a refresh brought a new token
	LoggedIn                          // a login brought a new token
	Adopted                           // the store had a valid token, as of an earlier session or another process
	Failed                            // a renewal failed; Err says why
	NotStored                         // a new token could not be stored and serves this Source only; Err says why; reported once until a token is stored again
	SessionEnded                      // there is no valid token and no way to get one; Err says why
)

// String returns the kind in lower case words, such as "logged in".
func (k EventKind) String() string {
	switch k {
	case Started:
		return "started"
	case Refreshed:
		return "refreshed"
	case LoggedIn:
		return "logged in"
	case Adopted:
		return "adopted"
	case Failed:
		return "failed"
	case NotStored:
		return "not stored"
	case SessionEnded:
		return "session ended"
	default:
		return "unknown event"
	}
}

// Event reports a change of the session to a hook. It contains no token.
type Event struct {
	Kind   EventKind
	Expiry time.Time // of the new token; zero if unknown or unlimited, or if there is none
	Err    error     // of Failed, NotStored and SessionEnded
}
