package specs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Object is one JSON object of a document. Numbers inside are json.Number, so
// that 18446744073709551615 passes through unchanged.
type Object = map[string]any

// Decode reads one JSON document whose top is an object. It refuses what a
// lenient reader would settle silently: two members of one name, invalid UTF-8,
// text after the document. The error says at which byte.
func Decode(data []byte) (Object, error) {
	if err := validJSON(data); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	object, ok := value.(Object)
	if !ok {
		return nil, errors.New("the document is not a JSON object")
	}
	return object, nil
}

func validJSON(data []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.ReadValue(); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("not JSON: the document is empty")
		}
		return fmt.Errorf("not JSON: %w", err)
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("not JSON: text after the document, at byte %d", decoder.InputOffset())
	}
	return nil
}

// Encode writes a document canonically: members sorted by name, one blank of
// indentation a level, nothing escaped that need not be, one final newline. Two
// documents of equal content are equal byte for byte, so a diff shows changes
// and nothing else.
func Encode(document Object) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return buffer.Bytes(), nil
}

// object, list and text read a member that may be absent or of another type; they
// give nil or "" then, so that a walk over a document needs no checks of its own.
func object(value any) Object {
	o, _ := value.(Object)
	return o
}

func list(value any) []any {
	l, _ := value.([]any)
	return l
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
