package token

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret holds a token or a password and does not show it: fmt (every verb),
// log/slog, JSON and text encoders, and a panic print "[redacted]" or an address.
// The zero Secret is the empty one.
//
// It is a pointer inside, not a string, because fmt calls no methods on unexported
// fields and would print a string there.
type Secret struct {
	value *string
}

// NewSecret hides value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the hidden value, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the Secret is empty. Encoders ask it for omitzero.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal compares the hidden values, in a time that does not depend on where they
// differ. Secrets must not be compared with ==, which compares addresses.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns "[redacted]".
func (s Secret) String() string { return redacted }

// Format writes "[redacted]" for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is what log/slog prints: "[redacted]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText is what JSON, XML and other encoders write: "[redacted]". A Store
// that keeps tokens calls Reveal.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
