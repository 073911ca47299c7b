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

	"github.com/hotcold-go/hotcold/overlay/api"
)

const (
	// rejectionLifetime is how long rejected credentials are blocked for everyone on
	// the store. It ends because the server may accept them later; the [Source] that
	// sent them never sends them again.
	rejectionLifetime = 15 * time.Minute

	// fingerprintRounds slow down guessing a password from its fingerprint, since a
	// rejected one may differ from the right one by a letter. A check takes about 0.03 s.
	fingerprintRounds = 100_000
	saltSize          = 16

	// longestLoginBackoff is the longest pause between logins without a token.
	longestLoginBackoff = 5 * time.Minute
)

// Rejection records that a server rejected a login. A [Store] keeps it in the [Token]
// of the identity, so that every process on the store knows it: eight processes with
// an outdated password would lock the account otherwise. The next token replaces it.
type Rejection struct {
	At    time.Time // when the server rejected the login, by the wall clock
	Until time.Time // no login is sent before then

	// Credentials is a salted hash of the rejected credentials, the only ones that the
	// Rejection applies to. It is empty for a lockout, which applies to all.
	Credentials api.Secret

	shared bool // the store may have other users; set by the Source for its Authority
}

// IsZero reports whether no login was rejected.
func (r Rejection) IsZero() bool { return r.Until.IsZero() }

func (r Rejection) isLockout() bool { return !r.IsZero() && r.Credentials == (api.Secret{}) }

// Check returns an [ErrBadCredentials] if r applies to credentials, else nil. An
// [Authority] calls it before it sends them.
func (r Rejection) Check(credentials string) error {
	salt, _, found := strings.Cut(r.Credentials.Reveal(), ":")
	if !found || !fingerprint(salt, credentials).Equal(r.Credentials) {
		return nil
	}
	return &sharedRejection{r}
}

// Rejected returns err. An [Authority] returns the error of a failed login through it:
// if err is an [ErrBadCredentials] and the store may have other users, a salted hash of
// the credentials is attached for the [Source] to store. The error does not show it.
func (r Rejection) Rejected(credentials string, err error) error {
	if !r.shared || !errors.Is(err, ErrBadCredentials) {
		return err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	return &rejectedError{fingerprint: fingerprint(hex.EncodeToString(salt), credentials), err: err}
}

// inForce returns r, or zero once it has ended or if it is dated in the future, as
// after the clock was set back. It ends after LongestBlock at the latest.
func (r Rejection) inForce(now time.Time) Rejection {
	if latest := r.At.Add(LongestBlock); r.Until.After(latest) {
		r.Until = latest
	}
	if now.Before(r.At.Add(-clockSlack)) || !now.Before(r.Until) {
		return Rejection{}
	}
	return r
}

// equal compares times whatever their zone.
func (r Rejection) equal(other Rejection) bool {
	return r.At.Equal(other.At) && r.Until.Equal(other.Until) && r.Credentials.Equal(other.Credentials)
}

func fingerprint(salt, credentials string) api.Secret {
	key, err := pbkdf2.Key(sha256.New, credentials, []byte(salt), fingerprintRounds, sha256.Size)
	if err != nil {
		return api.Secret{} // forbidden by policy (FIPS); the rejection then stays with one Source
	}
	return api.NewSecret(salt + ":" + hex.EncodeToString(key))
}

// rejectedError carries the fingerprint of the credentials from the Authority to the
// Source.
type rejectedError struct {
	fingerprint api.Secret
	err         error
}

func (e *rejectedError) Error() string { return e.err.Error() }

func (e *rejectedError) Unwrap() error { return e.err }

// sharedRejection is the ErrBadCredentials of credentials that were not sent, because
// another user of the store was rejected with them. It ends with the Rejection.
type sharedRejection struct{ rejection Rejection }

func (e *sharedRejection) Error() string {
	return fmt.Sprintf("%v (another process was rejected with them at %s: they are not sent again before %s)",
		ErrBadCredentials, e.rejection.At.Local().Format(time.TimeOnly), e.rejection.Until.Local().Format(time.TimeOnly))
}

func (e *sharedRejection) Unwrap() error { return ErrBadCredentials }

// loginHistory is what earlier logins say about the next one. Only the renewal in
// progress accesses it.
type loginHistory struct {
	rejected error            // of the credentials that this Source sent
	shared   *sharedRejection // of the same credentials, sent by others
	lockout  *LockedOutError
	throttle *ThrottledError // of refreshes too
	backoff  loginBackoff
}

// blockedBy returns why no login may be sent, or nil. last is the Rejection in the
// store.
func (h *loginHistory) blockedBy(last Rejection, now time.Time) error {
	switch {
	case h.rejected != nil:
		return h.rejected
	case h.shared != nil && h.shared.rejection.equal(last):
		return h.shared
	case h.lockout != nil && now.Before(h.lockout.Until):
		return h.lockout
	case last.isLockout():
		return &LockedOutError{Until: last.Until}
	default:
		return h.backoff.blockedBy(now)
	}
}

// note remembers the error of a login. A shared rejection is kept because checking
// for it costs a hash, and callers would cause one every second.
func (h *loginHistory) note(err error) {
	var shared *sharedRejection
	switch {
	case errors.As(err, &shared):
		h.shared = shared
	case errors.Is(err, ErrBadCredentials):
		h.rejected = err
	}
}

// noteLockout remembers until when the account is locked. It copies err, which the
// Authority may reuse.
func (h *loginHistory) noteLockout(err *LockedOutError, now time.Time) *LockedOutError {
	locked := *err
	locked.Until = believed(err.Until, now, DefaultLockout)
	h.lockout = &locked
	return &locked
}

// noteThrottle does the same for a server that wants no request before some time.
func (h *loginHistory) noteThrottle(err *ThrottledError, now time.Time) *ThrottledError {
	throttled := *err
	throttled.Until = believed(err.Until, now, minBlock)
	h.throttle = &throttled
	return &throttled
}

// throttledBy returns why neither a refresh nor a login may be sent, or nil.
func (h *loginHistory) throttledBy(now time.Time) error {
	if h.throttle != nil && now.Before(h.throttle.Until) {
		return h.throttle
	}
	return nil
}

// believed returns until when a server is believed to accept no login: what it stated, or
// unstated from now on if it stated no time in the future, within bounds.
func believed(until, now time.Time, unstated time.Duration) time.Time {
	left := until.Sub(now)
	if left <= 0 {
		left = unstated
	}
	return now.Add(min(max(left, minBlock), LongestBlock))
}

// rejectionOf returns what other users of the store need to know about err: zero unless
// it is a lockout or a rejection of credentials by the server.
func rejectionOf(err error, now time.Time) Rejection {
	now = now.Round(0)
	var locked *LockedOutError
	if errors.As(err, &locked) {
		return Rejection{At: now, Until: locked.Until.Round(0)}
	}
	var rejected *rejectedError
	if errors.As(err, &rejected) && rejected.fingerprint != (api.Secret{}) {
		return Rejection{At: now, Until: now.Add(rejectionLifetime), Credentials: rejected.fingerprint}
	}
	return Rejection{}
}

var errLoginBackoff = errors.New("token: the server accepts logins but issues no usable token")

// loginBackoff counts logins that the server accepted without issuing a usable token.
// Each may have opened a session there. The pauses between them double like those after
// other failures, but go on growing after callers stop waiting for them.
type loginBackoff struct {
	count int       // in a row
	until time.Time // no login before then
	err   error     // returned until then
}

// note counts a login that ended with err and returns the error for the callers.
func (b *loginBackoff) note(err error, now time.Time) error {
	if !errors.Is(err, ErrMalformed) {
		if err == nil {
			*b = loginBackoff{}
		}
		return err
	}
	pause := min(longestLoginBackoff, firstPause<<min(b.count, 20))
	b.count++
	if pause <= maxWait {
		return err // callers wait for the next attempt
	}
	b.until = now.Add(pause)
	b.err = fmt.Errorf("%w (%d in a row): the next login is at %s: %w", errLoginBackoff, b.count, b.until.Format(time.TimeOnly), err)
	return b.err
}

func (b *loginBackoff) blockedBy(now time.Time) error {
	if now.Before(b.until) {
		return b.err
	}
	return nil
}
