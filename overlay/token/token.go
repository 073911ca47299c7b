package token

import (
	"fmt"
	"time"
)

// maxLifetime separates a lifetime worth computing with from one that means
// "never": servers can be told to issue unlimited tokens and then state an enormous
// number, which overflows when added to the time of day.
const maxLifetime = 10 * 365 * 24 * time.Hour

// Token is what a login or a refresh brings. A *Token from a [Source] is shared by
// all callers and must not be written to.
type Token struct {
	Access  Secret // what requests carry; visible ASCII without spaces
	Refresh Secret // what renews it; empty if the server gave none

	// Scheme stands before the access token in the Authorization header. Empty
	// means "Bearer"; an API key has its own.
	Scheme string

	// Lifetime is what an Authority states: how long the token is good, counted from
	// the moment the request for it began. 0 is unknown or never, and a negative one
	// makes the reply malformed. See [LifetimeFromSeconds].
	Lifetime time.Duration

	// Issued and Expiry are on the wall clock, without monotonic reading, since the
	// monotonic clock stands still while a machine sleeps. The Source sets both; a zero
	// Expiry is unknown or never. An Authority that knows only a point in time may set
	// Expiry and leave Lifetime 0: one that is not in the future (the clocks differ) is
	// taken as unknown, and the server's 401 decides.
	Issued, Expiry time.Time

	// Refusal is for stores alone: a Store keeps it beside the tokens, or without any.
	// Tokens from a Source and from an Authority have none.
	Refusal Refusal

	// Adopted is set by the Source alone: the token came from the store, where another
	// process put it, and this one has not seen the server issue it. A store does not
	// keep it.
	Adopted bool
}

// IsZero reports whether there is nothing at all, which a Store keeps as no entry.
func (t Token) IsZero() bool { return !t.hasSession() && t.Refusal.IsZero() }

func (t Token) hasSession() bool { return !t.Access.IsZero() || !t.Refresh.IsZero() }

// Authorization returns the value of the Authorization header, such as
// "Bearer abc". It is a secret: set it on the request and nowhere else.
func (t *Token) Authorization() string {
	scheme := t.Scheme
	if scheme == "" {
		scheme = "Bearer"
	}
	return scheme + " " + t.Access.Reveal()
}

// LifetimeFromSeconds turns a server's expires_in into a [Token.Lifetime]. 0 (also
// for absent or null) and more than ten years are 0, "unknown or never"; a negative
// number stays negative and makes the reply malformed.
func LifetimeFromSeconds(seconds float64) time.Duration {
	switch {
	case seconds < 0:
		return -1
	case seconds <= maxLifetime.Seconds():
		return time.Duration(seconds * float64(time.Second))
	default: // also NaN
		return 0
	}
}

// received checks a server's reply and fixes its times. start is when the request
// began: counting from its end would take the server's delay for lifetime.
func (t Token) received(start time.Time) (Token, error) {
	if err := t.check(); err != nil {
		return Token{}, err
	}
	if t.Lifetime < 0 {
		return Token{}, fmt.Errorf("%w: negative lifetime", ErrMalformed)
	}
	t.Issued = start.Round(0)
	if t.Lifetime == 0 && t.Expiry.After(t.Issued) {
		t.Lifetime = t.Expiry.Sub(t.Issued)
	}
	if t.Lifetime > maxLifetime {
		t.Lifetime = 0
	}
	t.Expiry = time.Time{}
	if t.Lifetime > 0 {
		t.Expiry = t.Issued.Add(t.Lifetime)
	}
	return t, nil
}

// check refuses what cannot go into a header, without showing it.
func (t Token) check() error {
	if t.Access.IsZero() {
		return fmt.Errorf("%w: no access token", ErrMalformed)
	}
	if !headerSafe(t.Access.Reveal()) {
		return fmt.Errorf("%w: the access token holds characters that a header cannot carry", ErrMalformed)
	}
	if !headerSafe(t.Scheme) {
		return fmt.Errorf("%w: the scheme holds characters that a header cannot carry", ErrMalformed)
	}
	return nil
}

func headerSafe(value string) bool {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}

// sameAs is ==, which for Secrets compares addresses.
func (t Token) sameAs(other Token) bool {
	return t.Access.Equal(other.Access) && t.Refresh.Equal(other.Refresh) &&
		t.Issued.Equal(other.Issued) && t.Expiry.Equal(other.Expiry) && t.Refusal.sameAs(other.Refusal)
}

// bounded drops times that no comparison in nanoseconds can hold, since what a store
// yields was not checked as a reply is, and sets Lifetime where both times are known.
func (t Token) bounded(now time.Time) Token {
	t.Lifetime = 0
	end := now.Round(0).Add(maxLifetime)
	if t.Expiry.After(end) || t.Expiry.Before(time.Unix(0, 0)) {
		t.Expiry = time.Time{}
	}
	if t.Issued.After(end) || t.Issued.Before(time.Unix(0, 0)) {
		t.Issued = time.Time{}
	}
	if !t.Issued.IsZero() && t.Expiry.After(t.Issued) {
		t.Lifetime = t.Expiry.Sub(t.Issued)
	}
	return t
}

// expired is decided on the wall clock; unknown expiry never is.
func (t Token) expired(now time.Time) bool {
	return !t.Expiry.IsZero() && !now.Round(0).Before(t.Expiry)
}
