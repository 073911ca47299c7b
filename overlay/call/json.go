package call

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The JSON library is used for the grammar alone: what a value is, where it ends, and
// what is no JSON. What the values mean to Go types is in decode*.go and encode*.go.

// tolerant holds the grammar to what encoding/json accepts: a member that comes twice
// counts as it came last, and what is not UTF-8 becomes U+FFFD.
var tolerant = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// grammar reads a document, which stays as it is.
func grammar(document []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(document), tolerant...)
}

// decodeEnveloped reads the member "data" of an object into a result. It passes over
// the members beside it, without a copy.
func decodeEnveloped(document []byte, result any) (envelope, error) {
	var e envelope
	r := newReader(document)
	defer r.release()
	err := r.object(func(name []byte) error {
		if !strings.EqualFold(string(name), dataMember) {
			return r.SkipValue()
		}
		e.found, e.null = true, r.PeekKind() == 'n'
		if r.PeekKind() == '[' {
			makeRoom(document[r.InputOffset():], result)
		}
		return r.value(reflect.ValueOf(result).Elem())
	})
	return e, withoutValues(r.end(err))
}

// envelope is what came of an object whose member "data" is the result.
type envelope struct{ found, null bool }

// makeRoom gives a result that is a list about the capacity that it needs and a quarter
// more, after the size of its first item in the document, which holds the list and
// little else. Growing it step by step would cost several times its memory. It never
// takes more than the document's own size, whatever the first item is.
func makeRoom(document []byte, result any) {
	list := reflect.ValueOf(result).Elem()
	if list.Kind() != reflect.Slice || list.Type().Elem().Size() == 0 {
		return
	}
	items := document[bytes.IndexByte(document, '[')+1:]
	first := grammar(items)
	if first.SkipValue() != nil {
		return // what is wrong with it, the decoding says
	}
	n := len(items)/int(first.InputOffset()) + 1
	n = min(n+n/4, len(document)/int(list.Type().Elem().Size()))
	list.Set(reflect.MakeSlice(list.Type(), 0, n))
}

// misfit is a value that a Go type cannot take.
type misfit struct {
	kind    jsontext.Kind
	pointer jsontext.Pointer
	into    reflect.Type
}

// Error leaves the value out: it can be a secret.
func (m *misfit) Error() string {
	return fmt.Sprintf("JSON of another shape: %s at %q does not fit %v", kindName(m.kind), string(m.pointer), m.into)
}

// withoutValues says why a document cannot be read without showing any of it:
// the library's own text quotes the value.
func withoutValues(err error) error {
	if err == nil {
		return nil
	}
	var meaning *misfit
	var grammar *jsontext.SyntacticError
	switch {
	case errors.As(err, &meaning):
		return meaning
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("JSON breaks off: %w", io.ErrUnexpectedEOF)
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
		return "the value"
	}
}

var errEnough = errors.New("enough was read")

// members calls visit with the members of an object, until it says false. The
// value is the document's own memory.
func members(document []byte, visit func(name string, value []byte) bool) error {
	r := newReader(document)
	defer r.release()
	err := r.object(func(name []byte) error {
		key := string(name)
		value, err := r.ReadValue()
		if err == nil && !visit(key, value) {
			err = errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return withoutValues(err)
}

// isJSON tells whether a document is one JSON value, whole.
func isJSON(document []byte) bool {
	return jsontext.Value(document).IsValid(tolerant...)
}

// unquote gives the text of a JSON string, "" for any other value.
func unquote(value []byte) string {
	r := newReader(value)
	defer r.release()
	if r.PeekKind() != '"' {
		return ""
	}
	token, err := r.ReadToken()
	if err != nil {
		return ""
	}
	return token.String()
}
