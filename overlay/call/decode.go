package call

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"errors"
	"io"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// decode reads a document into a result, a pointer. It takes what encoding/json takes,
// and mends what servers get wrong: numbers and booleans in quotes, whole numbers
// written as 1.0 or 1e3, numbers where a text belongs, and those that do not fit.
func decode(document []byte, result any) error {
	r := newReader(document)
	defer r.release()
	return withoutValues(r.end(r.value(reflect.ValueOf(result).Elem())))
}

// reader reads one document.
type reader struct {
	*jsontext.Decoder
	document bytes.Buffer
	texts    texts
}

var readers = sync.Pool{New: func() any { return &reader{Decoder: grammar(nil)} }}

// newReader reads a document, which stays as it is. It is to be released.
func newReader(document []byte) *reader {
	r := readers.Get().(*reader) //nolint:forcetypeassert // the pool holds nothing else
	r.document = *bytes.NewBuffer(document)
	r.Reset(&r.document, tolerant...)
	return r
}

// release lets go of the document.
func (r *reader) release() {
	r.document = bytes.Buffer{}
	r.Reset(&r.document, tolerant...)
	readers.Put(r)
}

// end makes sure that nothing follows the document.
func (r *reader) end(err error) error {
	if err != nil {
		return err
	}
	_, err = r.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return &jsontext.SyntacticError{ByteOffset: r.InputOffset(), Err: err}
}

// value reads the next value into a variable.
func (r *reader) value(v reflect.Value) error { return decoderOf(v.Type())(r, v) }

// misfit passes over the next value, which is of no use to the type.
func (r *reader) misfit(into reflect.Type) error {
	kind := r.PeekKind()
	if err := r.SkipValue(); err != nil {
		return err
	}
	return &misfit{kind, r.StackPointer(), into}
}

// object visits the members of an object, and leaves it to the visit to read the value.
// The name is the document's own memory.
func (r *reader) object(visit func(name []byte) error) error {
	if _, err := r.ReadToken(); err != nil {
		return err
	}
	for r.PeekKind() != '}' {
		name, err := r.name()
		if err == nil {
			err = visit(name)
		}
		if err != nil {
			return err
		}
	}
	_, err := r.ReadToken()
	return err
}

// list visits the items of a list.
func (r *reader) list(visit func() error) error {
	if _, err := r.ReadToken(); err != nil {
		return err
	}
	for r.PeekKind() != ']' {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err := r.ReadToken()
	return err
}

// decoder reads the next value into a variable of one type.
type decoder func(*reader, reflect.Value) error

var decoders sync.Map // by reflect.Type: decoder

func decoderOf(t reflect.Type) decoder {
	if known, ok := decoders.Load(t); ok {
		return known.(decoder)
	}
	made, _ := decoders.LoadOrStore(t, makeDecoder(t))
	return made.(decoder)
}

// makeDecoder chooses by type. It asks for no other decoder: a type can hold itself.
func makeDecoder(t reflect.Type) decoder {
	p := reflect.PointerTo(t)
	switch {
	case t.Kind() == reflect.Pointer: // the type behind it may decode itself
		return decodePointer
	case t == reflect.TypeFor[stdjson.RawMessage]():
		return decodeRaw
	case t == reflect.TypeFor[stdjson.Number]():
		return decodeNumber
	case p.Implements(reflect.TypeFor[stdjson.Unmarshaler]()):
		return decodeByItself
	case p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return decodeText
	}
	switch t.Kind() {
	case reflect.Bool:
		return decodeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return decodeUint
	case reflect.Float32, reflect.Float64:
		return decodeFloat
	case reflect.String:
		return decodeString
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !decodesItself(t.Elem()) {
			return decodeBytes
		}
		return decodeSlice(t)
	case reflect.Array:
		return decodeArray
	case reflect.Map:
		return decodeMap
	case reflect.Struct:
		return decodeStruct(fieldsOf(t))
	case reflect.Interface:
		return decodeInterface
	default:
		return decodeNothing
	}
}

// decodeByItself hands a copy of the value to UnmarshalJSON: one that keeps or changes
// what it is given would share the memory of the next answers.
func decodeByItself(r *reader, v reflect.Value) error {
	kind := r.PeekKind()
	value, err := r.ReadValue()
	if err != nil {
		return err
	}
	if v.Addr().Interface().(stdjson.Unmarshaler).UnmarshalJSON(bytes.Clone(value)) != nil {
		return &misfit{kind, r.StackPointer(), v.Type()}
	}
	return nil
}

// decodeText hands a string to UnmarshalText.
func decodeText(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case '"':
		token, err := r.ReadToken()
		if err != nil {
			return err
		}
		if v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(token.String())) != nil {
			return &misfit{'"', r.StackPointer(), v.Type()}
		}
		return nil
	default:
		return r.misfit(v.Type())
	}
}

// decodeNothing is for types that JSON has no value for but null.
func decodeNothing(r *reader, v reflect.Value) error {
	if r.PeekKind() == 'n' {
		return r.null(v)
	}
	return r.misfit(v.Type())
}

// null reads null, which leaves nothing in a variable. A struct that is embedded under
// a name of its own cannot be set if its type is not exported, only its fields can.
func (r *reader) null(v reflect.Value) error {
	if v.CanSet() {
		v.SetZero()
	}
	return r.SkipValue()
}
