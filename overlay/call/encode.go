package call

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// nullable is oapi-codegen/nullable.Nullable, a map from true to its value or from false
// for null. Its own MarshalJSON would redact a secret.
type nullable = interface{ IsNull() bool }

// encoder writes bodies and collects the secrets in them. Encoders are kept, since the
// library caches by option which type is handled by which function.
type encoder struct {
	options json.Options
	secrets []string
}

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.options = json.JoinOptions(
		tags,
		json.Deterministic(true),
		json.WithMarshalers(json.JoinMarshalers(
			json.MarshalToFunc(e.secret), json.MarshalToFunc(e.rawSecret), json.MarshalToFunc(encodeNullable), json.MarshalToFunc(encodeNumber), json.MarshalToFunc(encodeOpen), json.MarshalToFunc(encodeAlternatives),
		)),
	)
	return e
}}

// encode writes a request body: members in a fixed order, nothing escaped for HTML, nil
// lists and maps as [] and {}. It returns the secrets in the body too, for redaction. A
// string that is not UTF-8 is an error. Errors name the member and show no value.
func encode(v any) (body []byte, secrets []string, err error) {
	e := encoders.Get().(*encoder) //nolint:forcetypeassert // the pool holds nothing else
	body, err = json.Marshal(v, e.options)
	secrets, e.secrets = e.secrets, nil
	encoders.Put(e)
	if err != nil {
		return nil, nil, fmt.Errorf("body cannot be written as JSON: %w", encodeError(err))
	}
	return body, secrets, nil
}

// secret writes a secret in clear. It redacts itself wherever else it is marshalled.
func (e *encoder) secret(enc *jsontext.Encoder, secret api.Secret) error {
	text := secret.Reveal()
	e.secrets = append(e.secrets, text)
	return enc.WriteToken(jsontext.String(text))
}

// rawSecret writes JSON that is a secret; null if there is none.
func (e *encoder) rawSecret(enc *jsontext.Encoder, secret api.SecretJSON) error {
	value := jsontext.Value(secret.Reveal())
	if len(value) == 0 {
		return enc.WriteToken(jsontext.Null)
	}
	e.collect(value)
	return enc.WriteValue(value)
}

// collect takes every string and number of a secret for a secret.
func (e *encoder) collect(secret []byte) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(secret))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			return // WriteValue reports it
		}
		in, n := dec.StackIndex(dec.StackDepth())
		isName := in == '{' && n%2 == 1
		if kind := token.Kind(); kind == '"' && !isName || kind == '0' {
			e.secrets = append(e.secrets, token.String())
		}
	}
}

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

// encodeOpen writes a struct without its own method, which would redact secrets.
func encodeOpen(enc *jsontext.Encoder, v api.Open) error { return json.MarshalEncode(enc, v.AsPlain()) }

// encodeAlternatives writes the value, likewise.
func encodeAlternatives(enc *jsontext.Encoder, v api.Alternatives) error {
	return json.MarshalEncode(enc, v.Value())
}

// encodeNumber writes the digits as they are. The zero Number is 0, as in encoding/json.
func encodeNumber(enc *jsontext.Encoder, number stdjson.Number) error {
	if number == "" {
		number = "0"
	}
	return enc.WriteValue(jsontext.Value(number))
}

// notUTF8 is the library's error for such a string, which it does not export.
var notUTF8 = func() error {
	_, err := jsontext.AppendQuote(nil, "\xff")
	var grammar *jsontext.SyntacticError
	if errors.As(err, &grammar) {
		return grammar.Err
	}
	return err
}()

// encodeError says which member cannot be written and why. The library's own text would
// show a character of the value.
func encodeError(err error) error {
	var meaning *json.SemanticError
	var grammar *jsontext.SyntacticError
	var pointer jsontext.Pointer
	why := "has no form in JSON"
	if errors.As(err, &meaning) {
		pointer = meaning.JSONPointer
		if meaning.GoType != nil {
			why = fmt.Sprintf("of type %v %s", meaning.GoType, why)
		}
	}
	if errors.As(err, &grammar) {
		if meaning == nil {
			pointer = grammar.JSONPointer
		}
		why = "is not valid JSON"
		if errors.Is(grammar, notUTF8) {
			why = "is not UTF-8"
		}
	}
	return fmt.Errorf("the value at %q %s", shortPointer(pointer), why)
}
