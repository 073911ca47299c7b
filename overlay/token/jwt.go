package token

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// JWTTimes reads when a JWT was issued and when it expires (its claims iat and exp,
// seconds since 1970) without checking its signature; each is zero if it is absent
// or access is no JWT. Both are the server's clock: their difference is a lifetime
// that no skew falsifies, each by itself is a hint.
func JWTTimes(access Secret) (issued, expiry time.Time) {
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

// numericDate refuses what no calendar and no int64 of nanoseconds holds.
func numericDate(seconds float64) time.Time {
	const end = 9e9 // the year 2255
	if seconds > 0 && seconds < end {
		return time.UnixMilli(int64(seconds * 1000))
	}
	return time.Time{}
}
