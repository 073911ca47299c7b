package call

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// revealer is a secret: generated secrets redact themselves as JSON, and are
// written in clear here alone, on their way to the server.
type revealer = interface{ Reveal() string }

// rawRevealer is a secret whose shape nobody describes.
type rawRevealer = interface{ Reveal() stdjson.RawMessage }

// nullable is an oapi-codegen/nullable.Nullable, a map from true to its value or
// from false for null.
type nullable = interface{ IsNull() bool }

// encode writes a request body: members in a fixed order, nothing escaped for
// HTML, nil lists without omitzero as [].
func encode(v any) ([]byte, error) {
	body, _, err := write(v)
	if err != nil {
		return nil, fmt.Errorf("body cannot be written as JSON: %w", err)
	}
	return body, nil
}

// write gives the JSON, and the secrets in it.
func write(v any) (body []byte, secrets []string, err error) {
	var w writer
	err = w.value(reflect.ValueOf(v))
	return w.body, w.secrets, err
}

// writer writes one document. What the library has for that would be a third of what
// it adds to a program: it checks and reformats.
type writer struct {
	body    []byte
	secrets []string
	depth   int
}

// deepest is more than any body has that does not hold itself.
const deepest = 10_000

var errEndless = errors.New("nested too deeply: does it hold itself?")

// value writes a value of any type, null for nil.
func (w *writer) value(v reflect.Value) error {
	if !v.IsValid() {
		w.plain("null")
		return nil
	}
	if w.depth++; w.depth > deepest {
		return errEndless
	}
	defer func() { w.depth-- }()
	return encoderOf(v.Type())(w, v)
}

// plain writes what needs no quotes.
func (w *writer) plain(s string) { w.body = append(w.body, s...) }

// text writes a string. What is not UTF-8 is replaced, which is all that the library's
// error could say.
func (w *writer) text(s string) {
	w.body, _ = jsontext.AppendQuote(w.body, s)
}

// separate writes the comma before any item but the first, which begins at a place.
func (w *writer) separate(first int) {
	if len(w.body) > first {
		w.plain(",")
	}
}

// name begins a member of an object whose first member begins at a place.
func (w *writer) name(first int, name string) {
	w.separate(first)
	w.text(name)
	w.plain(":")
}

// encoder writes a value of one type.
type encoder func(*writer, reflect.Value) error

var encoders sync.Map // by reflect.Type: encoder

func encoderOf(t reflect.Type) encoder {
	if known, ok := encoders.Load(t); ok {
		return known.(encoder)
	}
	made, _ := encoders.LoadOrStore(t, makeEncoder(t))
	return made.(encoder)
}

// makeEncoder chooses by what a type can do before what it is made of.
func makeEncoder(t reflect.Type) encoder {
	switch {
	case t.Kind() == reflect.Interface, t.Kind() == reflect.Pointer:
		return encodeElem
	case can[revealer](t):
		return encodeSecret
	case can[rawRevealer](t):
		return encodeRawSecret
	case can[nullable](t) && t.Kind() == reflect.Map && t.Key().Kind() == reflect.Bool:
		return encodeNullable
	case t == reflect.TypeFor[stdjson.Number]():
		return encodeNumber
	case can[stdjson.Marshaler](t):
		return encodeByItself
	case can[encoding.TextMarshaler](t):
		return encodeText
	default:
		return makeEncoderOfKind(t)
	}
}

func makeEncoderOfKind(t reflect.Type) encoder {
	switch t.Kind() {
	case reflect.Bool:
		return always(func(w *writer, v reflect.Value) { w.body = strconv.AppendBool(w.body, v.Bool()) })
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return always(func(w *writer, v reflect.Value) { w.body = strconv.AppendInt(w.body, v.Int(), 10) })
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return always(func(w *writer, v reflect.Value) { w.body = strconv.AppendUint(w.body, v.Uint(), 10) })
	case reflect.Float32, reflect.Float64:
		return encodeFloat
	case reflect.String:
		return always(func(w *writer, v reflect.Value) { w.text(v.String()) })
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !encodesItself(t.Elem()) {
			return always(encodeBytes)
		}
		return encodeList
	case reflect.Array:
		return encodeList
	case reflect.Map:
		return encodeMap
	case reflect.Struct:
		return encodeStruct(fieldsOf(t))
	default:
		return func(_ *writer, v reflect.Value) error { return fmt.Errorf("%v has no form in JSON", v.Type()) }
	}
}

// always is for what has no reason to fail.
func always(write func(*writer, reflect.Value)) encoder {
	return func(w *writer, v reflect.Value) error {
		write(w, v)
		return nil
	}
}

// can tells whether a value of a type, or a pointer to it, has the methods.
func can[T any](t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[T]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[T]())
}

// as gives a value that can. One that has no address is copied.
func as[T any](v reflect.Value) T {
	if own, ok := v.Interface().(T); ok {
		return own
	}
	if !v.CanAddr() {
		kept := reflect.New(v.Type()).Elem()
		kept.Set(v)
		v = kept
	}
	return v.Addr().Interface().(T) //nolint:forcetypeassert // can said so
}
