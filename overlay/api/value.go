package api

import (
	"encoding/json"
	"errors"
	"io"
)

// A File is a file of a form. It is read once, when the request is sent.
type File struct {
	Name        string // the file name that the server sees
	ContentType string // "" is application/octet-stream
	Content     io.Reader
}

// MarshalJSON returns an error: a file has no form in JSON.
func (File) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a file is sent in a form, not in JSON")
}

// Alternatives is a generated type for a value of one of several types, of which the document
// has a discriminator.
type Alternatives interface {
	// Value returns the value as JSON, a json.RawMessage, or as it was given.
	Value() any
}

// Discriminator returns the member of [Alternatives] that says what the value is, "" if it is
// absent.
func Discriminator(value any, member string) (kind string, err error) {
	var members map[string]json.RawMessage
	if err := UnmarshalValue(value, &members); err != nil || members[member] == nil {
		return "", err
	}
	err = json.Unmarshal(members[member], &kind)
	return kind, err
}

// UnmarshalValue reads the value of [Alternatives] into a pointer.
func UnmarshalValue(value, into any) error {
	text, ok := value.(json.RawMessage)
	if !ok {
		var err error
		if text, err = json.Marshal(value); err != nil {
			return err
		}
	}
	return json.Unmarshal(text, into)
}
