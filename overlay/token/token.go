package token

import (
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// maxLifetime is the longest lifetime that is taken literally. Servers that issue
// unlimited tokens state enormous numbers, which overflow when added to a time.
const maxLifetime = 10 * 365 * 24 * time.Hour

// minLifetime is the shortest: a server that states less would get a login for each call.
const minLifetime = time.Second

// Token is the result of a login or a refresh. A *Token returned by a [Source] is
// shared by all callers and must not be modified.
type Token struct {
	Access  api.Secret // sent with requests: visible ASCII without spaces
	Refresh api.Secret // renews the session; empty if the server issued none

	// Scheme precedes the access token in the Authorization header. Empty means
	// "Bearer".
	Scheme string

	// Lifetime is set by an Authority: how long the token is valid, counted from the
	// start of the request. 0 means unknown or unlimited, less than a second counts as a
	// second; a negative lifetime makes the reply malformed. See [LifetimeFromSeconds].
	Lifetime time.Duration

	// Issued and Expiry are wall clock times without a monotonic reading, since the
	// monotonic clock stops while a machine sleeps. The Source sets both; a zero Expiry
	// means unknown or unlimited. An Authority that knows only a point in time may set
	// Expiry and leave Lifetime 0. An Expiry that is not in the future, as when the
	// clocks differ, counts as unknown.
	Issued, Expiry time.Time

	// Rejection is used by stores only: the last rejected login of the identity, which
	// is kept beside the session or without one. It is zero in tokens returned by a
	// Source or an Authority.
	Rejection Rejection

	// Adopted is set by the Source: the token comes from the store, and this Source has
	// not seen the server issue it. Stores do not keep it.
	Adopted bool
}

// IsZero reports whether t holds neither a token nor a Rejection. Storing a zero Token
// removes the entry.
func (t Token) IsZero() bool { return !t.hasSession() && t.Rejection.IsZero() }

func (t Token) hasSession() bool { return t.Access != (api.Secret{}) || t.Refresh != (api.Secret{}) }

// Authorization returns the value of the Authorization header, such as "Bearer abc".
// It is a secret.
func (t *Token) Authorization() string {
	scheme := t.Scheme
	if scheme == "" {
		scheme = "Bearer"
	}
	return scheme + " " + t.Access.Reveal()
}

// received validates a server's reply and sets its times. start is the time just
// before the request was sent: counted from its end, a slow server would lengthen the
// lifetime.
func (t Token) received(start time.Time) (Token, error) {
	if err := t.check(); err != nil {
		return Token{}, err
	}
	if t.Lifetime < 0 {
		return Token{}, fmt.Errorf("%w: negative lifetime", ErrMalformed)
	}
	return t.dated(start), nil
}

// dated sets the times of a token that was issued at start.
func (t Token) dated(start time.Time) Token {
	t.Issued = start.Round(0)
	if t.Lifetime == 0 && t.Expiry.After(t.Issued) {
		t.Lifetime = t.Expiry.Sub(t.Issued)
	}
	t.Expiry = time.Time{}
	if t.Lifetime > maxLifetime {
		t.Lifetime = 0
	}
	if t.Lifetime > 0 {
		t.Lifetime = max(t.Lifetime, minLifetime)
		t.Expiry = t.Issued.Add(t.Lifetime)
	}
	return t
}

// check returns an error if t cannot be sent in a header. The error does not show it.
func (t Token) check() error {
	if t.Access == (api.Secret{}) {
		return fmt.Errorf("%w: no access token", ErrMalformed)
	}
	if !headerSafe(t.Access.Reveal()) {
		return fmt.Errorf("%w: the access token contains characters that are not allowed in a header", ErrMalformed)
	}
	if !headerSafe(t.Scheme) {
		return fmt.Errorf("%w: the scheme contains characters that are not allowed in a header", ErrMalformed)
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

// equal compares what a store keeps, and times whatever their zone.
func (t Token) equal(other Token) bool {
	return t.Access.Equal(other.Access) && t.Refresh.Equal(other.Refresh) &&
		t.Issued.Equal(other.Issued) && t.Expiry.Equal(other.Expiry) && t.Rejection.equal(other.Rejection)
}

// bounded clears times that do not fit nanoseconds in an int64, since what a store
// returns was not validated like a reply, and sets Lifetime if both times are known.
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

// expired compares wall clock times. A token with an unknown expiry never expires.
func (t Token) expired(now time.Time) bool {
	return !t.Expiry.IsZero() && !now.Round(0).Before(t.Expiry)
}
