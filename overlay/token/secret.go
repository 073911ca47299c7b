package token

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret holds a token or a password and hides it: fmt (every verb), log/slog and
// encoders of JSON, XML and text write "[redacted]", and a panic an address. The zero
// Secret is empty.
//
// It holds a pointer and not a string, because fmt calls no methods on unexported
// fields and would print a string there.
type Secret struct {
	value *string
}

// NewSecret returns a Secret that holds value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the hidden value.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the Secret is empty. Encoders call it for omitzero.
func (s Secret) IsZero() bool { return s.value == nil }

// Equal compares the hidden values in constant time. Do not compare Secrets with ==,
// which compares addresses.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String returns "[redacted]".
func (s Secret) String() string { return redacted }

// Format writes "[redacted]" for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", for JSON and other encoders. To store a token, use
// Reveal.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
