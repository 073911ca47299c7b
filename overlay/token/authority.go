package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Authority issues tokens: the part that differs between servers. A [Source] calls one
// method at a time. Implementations must return when the context ends, must not retry
// rejected requests, and must keep secrets out of their errors.
type Authority interface {
	// Login opens a session with the credentials that the Authority holds. It returns
	//
	//   - [ErrNoCredentials] if it holds none,
	//   - [ErrBadCredentials] if the server rejects them,
	//   - [*LockedOutError] if the account is locked,
	//   - [*ThrottledError] if the server accepts no login for a while,
	//   - [ErrMalformed] if the server accepts them but its reply has no token,
	//
	// bare or wrapped. Any other error is temporary.
	//
	// last is the last rejected login of the identity that the store knows, or zero.
	// Before it sends credentials, Login returns the error of last.Check if there is
	// one. If the server rejects them, it returns its error through last.Rejected.
	Login(ctx context.Context, last Rejection) (Token, error)

	// Refresh renews old, whose Refresh is not empty. It returns [ErrRefreshRejected] if
	// the server rejects the refresh token, and [*LockedOutError] and [*ThrottledError] as
	// Login; any other error is temporary. If the reply has no refresh token, the Source
	// keeps the old one.
	Refresh(ctx context.Context, old Token) (Token, error)
}

// LoginFunc is an [Authority] that calls a function for each new token, such as the
// client of a secret manager.
type LoginFunc func(ctx context.Context) (Token, error)

// Login returns f(ctx).
func (f LoginFunc) Login(ctx context.Context, _ Rejection) (Token, error) { return f(ctx) }

// Refresh returns ErrRefreshRejected, so that the Source calls Login.
func (f LoginFunc) Refresh(context.Context, Token) (Token, error) {
	return Token{}, ErrRefreshRejected
}

// staticAuthority is the Authority of a token that cannot be renewed.
type staticAuthority struct{}

func (staticAuthority) Login(context.Context, Rejection) (Token, error) {
	return Token{}, ErrTokenRejected
}

func (staticAuthority) Refresh(context.Context, Token) (Token, error) {
	return Token{}, ErrRefreshRejected
}

// LifetimeFromSeconds converts expires_in of a reply into a [Token.Lifetime]. It
// returns 0, unknown or unlimited, for 0 and for more than ten years, and a negative
// lifetime, which makes the reply malformed, for a negative number.
func LifetimeFromSeconds(seconds float64) time.Duration {
	switch {
	case seconds < 0:
		return -1
	case seconds <= maxLifetime.Seconds():
		return time.Duration(math.Ceil(seconds * float64(time.Second))) // not 0, which is unknown
	default: // also NaN
		return 0
	}
}

// JWTTimes returns when a JWT was issued and when it expires: its claims iat and exp,
// in seconds since 1970. Either is zero if the claim is missing or access is not a
// JWT. The signature is not verified. Both times are of the server's clock: their
// difference is a lifetime that clock skew does not change, each alone is a hint.
func JWTTimes(access api.Secret) (issued, expiry time.Time) {
	parts := strings.Split(access.Reveal(), ".")
	if len(parts) != 3 {
		return time.Time{}, time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}, time.Time{}
	}
	var claims struct {
		Issued float64 `json:"iat"`
		Expiry float64 `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return time.Time{}, time.Time{}
	}
	return numericDate(claims.Issued), numericDate(claims.Expiry)
}

// numericDate returns zero for seconds that do not fit nanoseconds in an int64.
func numericDate(seconds float64) time.Time {
	const end = 9e9 // the year 2255
	if seconds > 0 && seconds < end {
		return time.UnixMilli(int64(seconds * 1000))
	}
	return time.Time{}
}
