package call

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// This file and json_skip alone know the JSON library.

// revealer is a secret: generated secrets redact themselves as JSON, and are
// written in clear here alone, on their way to the server.
type revealer = interface{ Reveal() string }

// rawRevealer is a secret whose shape nobody describes.
type rawRevealer = interface{ Reveal() stdjson.RawMessage }

// nullable is an oapi-codegen/nullable.Nullable, a map from true to its value or
// from false for null.
type nullable = interface{ IsNull() bool }

var encodeOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.AllowInvalidUTF8(true),
	jsonv1.OmitEmptyWithLegacySemantics(true), // a pointer to "" is sent, as with encoding/json
	json.WithMarshalers(json.JoinMarshalers(
		json.MarshalToFunc(func(enc *jsontext.Encoder, secret revealer) error {
			return enc.WriteToken(jsontext.String(secret.Reveal()))
		}),
		json.MarshalToFunc(func(enc *jsontext.Encoder, secret rawRevealer) error {
			return json.MarshalEncode(enc, secret.Reveal())
		}),
		json.MarshalToFunc(encodeNullable),
		json.MarshalToFunc(func(enc *jsontext.Encoder, n stdjson.Number) error {
			return enc.WriteValue(jsontext.Value(n)) // what a map[string]any was decoded to
		}),
	)),
)

// encode writes a request body: members in a fixed order, nothing escaped for
// HTML, nil lists without omitzero as [].
func encode(v any) ([]byte, error) {
	body, err := json.Marshal(v, encodeOptions)
	if err != nil {
		return nil, fmt.Errorf("body cannot be written as JSON: %w", err)
	}
	return body, nil
}

// encodeNullable keeps a nullable value within these options: its own MarshalJSON
// goes to encoding/json, which would send a secret redacted.
func encodeNullable(enc *jsontext.Encoder, n nullable) error {
	v := reflect.Indirect(reflect.ValueOf(n))
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.Bool {
		return errSkip
	}
	if n.IsNull() {
		return enc.WriteToken(jsontext.Null)
	}
	value := v.MapIndex(reflect.ValueOf(true))
	if !value.IsValid() {
		value = reflect.Zero(v.Type().Elem())
	}
	return json.MarshalEncode(enc, value.Interface())
}

// plainOptions are as tolerant as encoding/json.
var plainOptions = json.JoinOptions(
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
	json.MatchCaseInsensitiveNames(true),
	jsonv1.MatchCaseSensitiveDelimiter(true), // a_b is not aB
)

// exactOptions keep the digits of a number in an any. They make the library look for
// every value whether it is one, a seventh of the time of a list without any.
var exactOptions = json.JoinOptions(plainOptions, json.WithUnmarshalers(json.UnmarshalFromFunc(exactNumber)))

// lenientOptions mend what servers get wrong. They make the library call back
// for every value, so they are used only after a plain decode met a mismatch.
var lenientOptions = json.JoinOptions(plainOptions, json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(exactNumber),
	json.UnmarshalFromFunc(mend),
)))

// decode reads a document into a result, a pointer. A mismatch is met at once
// by a server that quotes its numbers, so the second try costs little there,
// and at most twice the time anywhere.
func decode(document []byte, result any) error {
	return decodeThrough(document, result, reflect.TypeOf(result))
}

// decodeThrough reads a document into a target that fills in a result of that type.
func decodeThrough(document []byte, target any, result reflect.Type) error {
	options := plainOptions
	if holdsAny(result) {
		options = exactOptions
	}
	err := json.Unmarshal(document, target, options)
	if err == nil {
		return nil
	}
	var mismatch *json.SemanticError
	if errors.As(err, &mismatch) {
		err = json.Unmarshal(document, target, lenientOptions)
	}
	return withoutValues(err)
}

// decodeEnveloped reads the member "data" of an object into a result.
func decodeEnveloped(document []byte, result any) (envelope, error) {
	e := envelope{document: document, result: result}
	err := decodeThrough(document, &e, reflect.TypeOf(result))
	return e, err
}

// envelope is an object whose member "data" is the result.
type envelope struct {
	document    []byte // all of it, to see how long a list is
	result      any
	found, null bool
}

// UnmarshalJSONFrom passes over the members beside data, without a copy.
func (e *envelope) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if !strings.EqualFold(name.String(), dataMember) {
			err = dec.SkipValue()
		} else {
			e.found, e.null = true, dec.PeekKind() == 'n'
			if dec.PeekKind() == '[' {
				makeRoom(e.document[dec.InputOffset():], e.result)
			}
			err = json.UnmarshalDecode(dec, e.result)
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

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
	first := jsontext.NewDecoder(bytes.NewBuffer(items), plainOptions)
	if first.SkipValue() != nil {
		return // what is wrong with it, the decoding says
	}
	n := len(items)/int(first.InputOffset()) + 1
	n = min(n+n/4, len(document)/int(list.Type().Elem().Size()))
	list.Set(reflect.MakeSlice(list.Type(), 0, n))
}

// exactNumber decodes a number into an any without going through float64.
func exactNumber(dec *jsontext.Decoder, v *any) error {
	if dec.PeekKind() != '0' {
		return errSkip
	}
	number, err := dec.ReadValue()
	*v = stdjson.Number(number)
	return err
}

// mend decodes a scalar that is of another JSON type than the target's Go type
// wants, or a number that does not fit.
func mend(dec *jsontext.Decoder, target any) error {
	v := reflect.ValueOf(target).Elem()
	kind := dec.PeekKind()
	if !isMendable(v.Kind(), kind) {
		return errSkip
	}
	switch target.(type) {
	case stdjson.Unmarshaler, json.UnmarshalerFrom, encoding.TextUnmarshaler:
		return errSkip
	}
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	text := string(bytes.Trim(value, `"`)) // a number or boolean needs no escapes
	if v.Kind() == reflect.String {
		v.SetString(text)
		return nil
	}
	return setScalar(v, text)
}

func isMendable(to reflect.Kind, from jsontext.Kind) bool {
	switch to {
	case reflect.Bool:
		return from == '"'
	case reflect.String:
		return from == '0'
	default:
		return (from == '"' || from == '0') && reflect.Int <= to && to <= reflect.Float64 && to != reflect.Uintptr
	}
}

func setScalar(v reflect.Value, text string) error {
	if v.Kind() == reflect.Bool {
		if text != "true" && text != "false" {
			return errors.New("not a boolean")
		}
		v.SetBool(text == "true")
		return nil
	}
	if !isPlainInteger(text) && !isNumber(text) {
		return errors.New("not a number")
	}
	switch {
	case v.CanInt():
		n, err := parseInt(text, v.Type().Bits())
		v.SetInt(n)
		return err
	case v.CanUint():
		n, err := parseUint(text, v.Type().Bits())
		v.SetUint(n)
		return err
	default:
		f, err := parseFloat(text, v.Type().Bits())
		v.SetFloat(f)
		return err
	}
}

func isNumber(text string) bool {
	v := jsontext.Value(text)
	return v.Kind() == '0' && v.IsValid()
}

// withoutValues says why a document cannot be read without showing any of it:
// the library's own text quotes the value.
func withoutValues(err error) error {
	var meaning *json.SemanticError
	var grammar *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("JSON breaks off: %w", io.ErrUnexpectedEOF)
	case errors.As(err, &meaning):
		return fmt.Errorf("JSON of another shape: %s at %q does not fit %v", kindName(meaning.JSONKind), string(meaning.JSONPointer), meaning.GoType)
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

// members calls visit with the members of an object, until it says false. The
// value is the document's own memory.
func members(document []byte, visit func(name string, value []byte) bool) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(document), plainOptions)
	if _, err := dec.ReadToken(); err != nil {
		return withoutValues(err)
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return withoutValues(err)
		}
		key := name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return withoutValues(err)
		}
		if !visit(key, value) {
			return nil
		}
	}
	return nil
}

// isJSON tells whether a document is one JSON value, whole.
func isJSON(document []byte) bool {
	return jsontext.Value(document).IsValid(plainOptions)
}

// unquote gives the text of a JSON string, "" for any other value.
func unquote(value []byte) string {
	var s string
	if json.Unmarshal(value, &s, plainOptions) != nil {
		return ""
	}
	return s
}
