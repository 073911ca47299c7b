package token

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// refusalLife is how long refused credentials are not sent by anybody who shares
	// the store. It ends, because what was wrong may have become right at the server;
	// a [Source] that met the refusal itself never sends them again.
	refusalLife = 15 * time.Minute

	// fingerprintRounds make it slow to guess a password from its fingerprint, since a
	// refused one may be the right one but for a letter; about 0.03 s a look.
	fingerprintRounds = 100_000
	saltSize          = 16
)

// Refusal is what a server refused a login with. It is part of the [Token] that a
// [Store] keeps, beside the session that the login was to follow, so that others who
// share the store take the refusal as theirs: eight processes with an outdated
// password would lock the account otherwise. The next token takes its place.
type Refusal struct {
	At    time.Time // when the server refused, by the wall clock
	Until time.Time // nothing is sent before

	// Credentials is a salted hash of the credentials that were refused, and for
	// which alone the Refusal counts. It is empty for a lockout, which counts for all.
	Credentials Secret

	shared bool // somebody else may read the next one; a Source sets it for its Authority
}

// IsZero reports whether nothing was refused.
func (r Refusal) IsZero() bool { return r.Until.IsZero() }

// isLockout reports whether nobody logs in, whatever the credentials.
func (r Refusal) isLockout() bool { return !r.IsZero() && r.Credentials.IsZero() }

// Check returns the error that an [Authority] returns in place of sending
// credentials that were refused already, which is an [ErrBadCredentials]; nil for
// others.
func (r Refusal) Check(credentials string) error {
	salt, _, found := strings.Cut(r.Credentials.Reveal(), ":")
	if !found || !fingerprint(salt, credentials).Equal(r.Credentials) {
		return nil
	}
	return &toldError{r}
}

// toldError is the ErrBadCredentials of credentials that were not sent, because
// somebody else was refused with them. It ends with the Refusal.
type toldError struct{ refusal Refusal }

func (e *toldError) Error() string {
	return fmt.Sprintf("%v (another process was refused with them at %s: they are not sent again before %s)",
		ErrBadCredentials, e.refusal.At.Local().Format(time.TimeOnly), e.refusal.Until.Local().Format(time.TimeOnly))
}

func (e *toldError) Unwrap() error { return ErrBadCredentials }

// Refused returns the error of an [Authority] whose login failed with err. If that is
// an [ErrBadCredentials], a salted hash of the credentials goes with it, which it does
// not show, so that the [Source] can share the refusal; unless nobody shares its store.
func (r Refusal) Refused(credentials string, err error) error {
	if !r.shared || !errors.Is(err, ErrBadCredentials) {
		return err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	return &refusedError{fingerprint: fingerprint(hex.EncodeToString(salt), credentials), err: err}
}

type refusedError struct {
	fingerprint Secret
	err         error
}

func (e *refusedError) Error() string { return e.err.Error() }

func (e *refusedError) Unwrap() error { return e.err }

func fingerprint(salt, credentials string) Secret {
	key, err := pbkdf2.Key(sha256.New, credentials, []byte(salt), fingerprintRounds, sha256.Size)
	if err != nil {
		return Secret{} // where policy forbids it; the refusal then stays with one Source
	}
	return NewSecret(salt + ":" + hex.EncodeToString(key))
}

// inForce is r while it counts, and the zero Refusal before (the clock was set back)
// and after.
func (r Refusal) inForce(now time.Time) Refusal {
	if now.Before(r.At.Add(-clockSlack)) || !now.Before(r.Until) {
		return Refusal{}
	}
	return r
}

// sameAs is ==, which would compare addresses and time zones.
func (r Refusal) sameAs(other Refusal) bool {
	return r.At.Equal(other.At) && r.Until.Equal(other.Until) && r.Credentials.Equal(other.Credentials)
}
