package token

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// The permanent errors of a [Source], for errors.Is. A new token in the store ends all
// but ErrTokenRejected and ErrClosed.
var (
	// ErrNoCredentials: there is neither a token nor credentials to log in with.
	ErrNoCredentials = errors.New("token: no credentials: give a password or a token")

	// ErrBadCredentials: the server rejected the user name or the password. A Source
	// never sends them again, since each attempt brings a lockout nearer. Those that
	// another Source on the same store was rejected with are blocked for 15 minutes.
	ErrBadCredentials = errors.New("token: the server rejected the user name or password: correct it and make a new client")

	// ErrSessionEnded: the server rejected the refresh token, and there are no
	// credentials to log in with.
	ErrSessionEnded = errors.New("token: the session has ended: log in again")

	// ErrLoggedOut is the ErrSessionEnded of a Source after Logout.
	ErrLoggedOut = fmt.Errorf("token: logged out: %w", ErrSessionEnded)

	// ErrLockedOut matches every [*LockedOutError].
	ErrLockedOut = errors.New("token: the account is locked")

	// ErrTokenRejected: the server rejected a token that cannot be renewed.
	ErrTokenRejected = errors.New("token: the server rejected the token, which cannot be renewed: use a new one")

	// ErrClosed: the Source was closed.
	ErrClosed = errors.New("token: the source is closed")
)

// Errors that an [Authority] returns, beside the permanent ones.
var (
	// ErrRefreshRejected: the server rejected the refresh token. The Source then logs
	// in; it takes every other error of Refresh for temporary.
	ErrRefreshRejected = errors.New("token: the server rejected the refresh token")

	// ErrMalformed: a token cannot be sent in a header, or a reply has no valid token.
	// The Source then keeps its state. A login with such a reply may still have opened a
	// session on the server, so the pauses between such logins grow to 5 minutes.
	ErrMalformed = errors.New("token: not a usable token")
)

// ErrUnsafeFile is returned if a token file or its lock file is not a regular file, such
// as a symbolic link, or if others can write to its folder, or if the folder or a file of
// a cache belongs to another user. The Source then sends nothing, since others could have
// planted a session, or could read the new one.
var ErrUnsafeFile = errors.New("token: unsafe token file")

var errNilContext = errors.New("token: the context is nil")

// LockedOutError reports that the server accepts no login of this user before Until.
// An Authority's Login returns it. The Source does not call Login before then, since
// on some servers each attempt extends the lock.
type LockedOutError struct {
	Until time.Time // zero if the server did not say; the Source then waits DefaultLockout; LongestBlock at most
	Err   error     // the server's response, may be nil
}

// Error says how long the account stays locked.
func (e *LockedOutError) Error() string {
	return fmt.Sprintf("token: the account is locked for another %v: no login is sent before that",
		max(0, time.Until(e.Until)).Round(time.Second))
}

// Is reports whether target is ErrLockedOut.
func (e *LockedOutError) Is(target error) bool { return target == ErrLockedOut }

// Unwrap returns Err.
func (e *LockedOutError) Unwrap() error { return e.Err }

// ThrottledError reports that the server accepts no login and no refresh before Until, such
// as by a 429 with Retry-After. Login and Refresh of an Authority return it. The Source
// calls neither before then, or before LongestBlock has passed.
type ThrottledError struct {
	Until time.Time
	Err   error // the server's response
}

// Error says until when, and why.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("token: the server accepts no login for another %v: none is sent before %s: %v",
		max(0, time.Until(e.Until)).Round(time.Second), e.Until.Local().Format(time.TimeOnly), e.Err)
}

// Unwrap returns Err.
func (e *ThrottledError) Unwrap() error { return e.Err }

// isPermanent reports whether a Source returns err to its callers at once instead of
// letting them wait for another attempt. A server with an untrusted certificate is
// tried again a second later: no credentials are sent to it. A throttle is permanent if it
// outlasts the wait of a caller.
func isPermanent(err error, now time.Time) bool {
	var throttled *ThrottledError
	if errors.As(err, &throttled) {
		return throttled.Until.Sub(now) > maxWait
	}
	if isUntrusted(err) || errors.Is(err, errLoginBackoff) {
		return true
	}
	for _, permanent := range []error{ErrNoCredentials, ErrBadCredentials, ErrSessionEnded, ErrLockedOut, ErrTokenRejected} {
		if errors.Is(err, permanent) {
			return true
		}
	}
	return false
}

// isUntrusted reports whether the server's certificate failed verification.
func isUntrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}
