package api

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// Secret is text that must not be seen: a password, a key, a token. Every verb of
// fmt, log/slog, the encoders of JSON, XML and text, and a panic print [redacted] or an
// address in its place, wherever it stands: in a field that is not exported, behind a
// pointer, as the key of a map. encoding/gob refuses it. Only overlay/call writes the
// text itself, into requests. [Secret.Reveal] returns it, and so does reflection that
// follows pointers without asking for methods, as some printers of test failures do.
//
// The zero Secret is the empty text, which omitzero leaves out; a pointer to one is sent.
// Secrets are equal, for == too, if their texts are.
type Secret struct{ hidden }

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{hide(text)} }

// Reveal returns the text itself, for the one place that needs it.
func (s Secret) Reveal() string { return s.reveal() }

// Equal compares the texts, in a time that does not depend on them.
func (s Secret) Equal(other Secret) bool { return s == other }

// UnmarshalJSON reads the text of a JSON string, the digits of a number as they are
// written, and null as the empty text. Its error does not show the value.
func (s *Secret) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err != nil {
		var number json.Number
		if json.Unmarshal(data, &number) == nil {
			text, err = number.String(), nil
		}
	}
	if err == nil {
		*s = NewSecret(text)
	}
	return err
}

// SecretJSON is JSON of unknown shape that holds a secret. It is as hidden as a
// [Secret]; the zero SecretJSON is no JSON at all.
type SecretJSON struct{ hidden }

// Reveal returns the JSON as it was received, or nil. The caller may modify it.
func (s SecretJSON) Reveal() json.RawMessage {
	if s == (SecretJSON{}) {
		return nil
	}
	return json.RawMessage(s.reveal())
}

// UnmarshalJSON keeps the JSON as it is.
func (s *SecretJSON) UnmarshalJSON(data []byte) error {
	s.hidden = hide(string(data))
	return nil
}

const redacted = "[redacted]"

// hidden holds a text out of reach of everything that prints: fmt calls no methods on
// unexported fields, and would print a string there.
//
// It has no IsZero, which encoders would ask of a pointer too: an empty text that is
// sent on purpose, as a pointer, would be left out.
type hidden struct{ text unique.Handle[string] }

func hide(text string) hidden {
	if text == "" {
		return hidden{}
	}
	return hidden{unique.Make(text)}
}

func (h hidden) reveal() string {
	if h == (hidden{}) {
		return ""
	}
	return h.text.Value()
}

// String returns [redacted], for a panic among others.
func (hidden) String() string { return redacted }

// GoString returns [redacted].
func (hidden) GoString() string { return redacted }

// Format prints [redacted] for every verb.
func (hidden) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// LogValue returns [redacted].
func (hidden) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON writes "[redacted]", so that a struct that is dumped or stored does not
// show its secrets.
func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText writes [redacted], for encoders other than JSON's, and for JSON as the key
// of a map.
func (hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }
