package call

import (
	"context"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// JSON is mapped by go-json-experiment/json, which is the standard library's
// encoding/json/v2 from Go 1.27 on.

// plain is as tolerant as encoding/json: of a member that comes twice the last counts,
// what is not UTF-8 becomes U+FFFD, and names are matched in any case.
var plain = json.JoinOptions(
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
	json.MatchCaseInsensitiveNames(true),
	jsonv1.MatchCaseSensitiveDelimiter(true), // a_b is not aB
	jsonv1.UnmarshalArrayFromAnyLength(true),
	jsonv1.ParseTimeWithLooseRFC3339(true),
	jsonv1.ParseBytesWithLooseRFC4648(true),
	tags,
)

// tags makes struct tags and types mean what they mean to encoding/json where the library
// differs: callers of Do bring types that were written for encoding/json.
var tags = json.JoinOptions(
	jsonv1.OmitEmptyWithLegacySemantics(true),
	jsonv1.StringifyWithLegacySemantics(true),
	jsonv1.FormatDurationAsNano(true),
	jsonv1.FormatByteArrayAsArray(true),
)

// exact keeps the digits of numbers in an any, and decodes an api.Open without its own
// method. It is for types that hold one of them, since the library then asks for every
// value whether it is one.
var exact = json.JoinOptions(plain, json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(exactNumber), json.UnmarshalFromFunc(decodeOpen),
)))

func decodeOpen(dec *jsontext.Decoder, v api.Open) error {
	return json.UnmarshalDecode(dec, v.AsPlain())
}

// exactNumber decodes a number into an any as a json.Number.
func exactNumber(dec *jsontext.Decoder, v *any) error {
	if reflect.ValueOf(*v).Kind() != reflect.Pointer {
		*v = nil // an earlier duplicate of another kind must not stay
	}
	if dec.PeekKind() != '0' {
		return errSkip
	}
	number, err := dec.ReadValue()
	*v = stdjson.Number(number)
	return err
}

// shapeError is a value that does not fit its Go type.
type shapeError struct{ Unfit }

// Error leaves the value out, since it can be a secret.
func (e *shapeError) Error() string {
	return fmt.Sprintf("JSON of another shape: %s at %q, want %s", e.Found, e.Pointer, e.Expected)
}

// readError says why a document cannot be read, without showing any of it: the
// library's own text quotes the value.
func readError(err error) error {
	var shape *shapeError
	var meaning *json.SemanticError
	var grammar *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &shape):
		return shape
	case errors.Is(err, errMemory):
		return errMemory
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("JSON breaks off: %w", io.ErrUnexpectedEOF)
	case errors.As(err, &meaning):
		return &shapeError{Unfit{shortPointer(meaning.JSONPointer), fmt.Sprintf("a value for %v", meaning.GoType), kindName(meaning.JSONKind)}}
	case errors.As(err, &grammar):
		return fmt.Errorf("not JSON from byte %d on", grammar.ByteOffset)
	default:
		return errors.New("JSON that cannot be read")
	}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a value"
	}
}

// maxPointer bounds the bytes of a JSON pointer: member names are the server's to choose.
const maxPointer = 256

func shortPointer(p jsontext.Pointer) string { return oneLine(string(p), maxPointer) }

// members calls visit with the name of each member of an object, as written, until it
// returns false.
func members(from io.Reader, visit func(name jsontext.Value) bool) error {
	dec := jsontext.NewDecoder(from, plain)
	if dec.PeekKind() != '{' {
		return nil
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil || !visit(name) {
			return err
		}
		if err := dec.SkipValue(); err != nil {
			return err
		}
	}
	return nil
}

// isJSON reports whether a document is one JSON value.
func isJSON(document []byte) bool { return jsontext.Value(document).IsValid(plain) }

// unquote returns the text of a JSON string, and "" for any other value.
func unquote(value jsontext.Value) string {
	if value.Kind() != '"' {
		return ""
	}
	text, _ := jsontext.AppendUnquote(nil, value) // what is not UTF-8 it replaces
	return string(text)
}
