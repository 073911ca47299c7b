package token

import (
	"errors"
	"fmt"
	"time"
)

// The verdicts of a [Source], to be asked for with errors.Is.
var (
	// ErrNoCredentials: there is neither a token nor anything to log in with. An
	// Authority's Login returns it when it holds none.
	ErrNoCredentials = errors.New("token: no credentials: give a password or a token")

	// ErrBadCredentials: the server refused the user name or the password. It is
	// final: a Source never sends the same wrong password twice, since each try brings
	// a lockout nearer. One that another Source on the store was refused with is held
	// back for 15 minutes. An Authority's Login returns it, wrapped or bare.
	ErrBadCredentials = errors.New("token: the server refused the user name or password: correct it and make a new client")

	// ErrSessionEnded: the refresh token is dead and there are no credentials to log
	// in with. A new token in the store ends it.
	ErrSessionEnded = errors.New("token: the session has ended: log in again")

	// ErrLoggedOut is the ErrSessionEnded of a Source after Logout.
	ErrLoggedOut = fmt.Errorf("token: logged out: %w", ErrSessionEnded)

	// ErrLockedOut matches every [*LockedOutError].
	ErrLockedOut = errors.New("token: the account is locked")

	// ErrTokenRejected: the server refused a token that cannot be renewed. Final.
	ErrTokenRejected = errors.New("token: the server refused the given token, which cannot be refreshed: make a new one")

	// ErrClosed: the Source was closed.
	ErrClosed = errors.New("token: the source is closed")
)

// What an [Authority] may say beside the verdicts.
var (
	// ErrRefreshRejected: the server refused the refresh token. Only this leads from a
	// refresh to a login; every other error of Refresh is taken as temporary.
	ErrRefreshRejected = errors.New("token: the server refused the refresh token")

	// ErrMalformed: what should be a token cannot be used as one. If a reply was
	// malformed, the state stays as it was. A login that the server answers so may have
	// opened a session all the same: the pauses between such logins grow to minutes.
	ErrMalformed = errors.New("token: not a usable token")
)

// LockedOutError says that the server takes no login of this user for a while. An
// Authority's Login returns it; until Until the Source calls Login no more, since
// on some servers each further try extends the lock.
type LockedOutError struct {
	Until time.Time // zero if the server did not say; the Source then waits DefaultLockout
	Err   error     // the server's answer, may be nil
}

// Error tells how long to wait.
func (e *LockedOutError) Error() string {
	return fmt.Sprintf("token: the account is locked for another %v: nothing logs in before that",
		max(0, time.Until(e.Until)).Round(time.Second))
}

// Is matches ErrLockedOut.
func (e *LockedOutError) Is(target error) bool { return target == ErrLockedOut }

// Unwrap returns the server's answer.
func (e *LockedOutError) Unwrap() error { return e.Err }

// isVerdict separates errors that asking the server again will not change: callers
// get them at once. An untrusted server is asked again a second later; no credentials
// go to it.
func isVerdict(err error) bool {
	if isUntrusted(err) || errors.Is(err, errUselessLogins) {
		return true
	}
	for _, verdict := range []error{ErrNoCredentials, ErrBadCredentials, ErrSessionEnded, ErrLockedOut, ErrTokenRejected} {
		if errors.Is(err, verdict) {
			return true
		}
	}
	return false
}
