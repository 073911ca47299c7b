package main

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/oapi-codegen/nullable"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// A revealer is a generated secret, which redacts itself as JSON; a rawRevealer is one
// whose shape the document does not tell.
type (
	revealer    = interface{ Reveal() string }
	rawRevealer = interface{ Reveal() stdjson.RawMessage }
)

// inClear encodes as overlay/call does: secrets as they are, numbers of a free form
// by their digits.
var inClear = json.WithMarshalers(json.JoinMarshalers(
	json.MarshalToFunc(func(enc *jsontext.Encoder, secret revealer) error {
		return enc.WriteToken(jsontext.String(secret.Reveal()))
	}),
	json.MarshalToFunc(func(enc *jsontext.Encoder, secret rawRevealer) error {
		return json.MarshalEncode(enc, secret.Reveal())
	}),
	json.MarshalToFunc(func(enc *jsontext.Encoder, number stdjson.Number) error {
		return enc.WriteValue(jsontext.Value(number))
	}),
))

// tree encodes a Go value and decodes it to plain JSON.
func tree(value any) (any, error) {
	text, err := json.Marshal(value, inClear)
	if err != nil {
		return nil, fmt.Errorf("cannot be encoded: %w", err)
	}
	return parse(text)
}

// parse decodes one JSON value and keeps numbers as they are written.
func parse(text []byte) (any, error) {
	var value any
	if err := newDecoder(text).Decode(&value); err != nil {
		return nil, fmt.Errorf("is no JSON: %w", err)
	}
	return value, nil
}

// fill sets a Go value from a sample, of which it must know every member.
func fill(target reflect.Value, sample any) error {
	text, err := stdjson.Marshal(sample)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target.Addr().Interface(), json.RejectUnknownMembers(true), asWritten)
}

// asWritten keeps the digits of numbers in what may be anything, in a nullable
// object too, which decodes itself and would not. So does a struct that keeps unknown
// members.
var asWritten = json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target api.Open) error {
		return json.UnmarshalDecode(dec, target.AsPlain())
	}),
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target *any) error {
		if dec.PeekKind() != '0' {
			return errors.ErrUnsupported
		}
		digits, err := dec.ReadValue()
		*target = stdjson.Number(string(digits))
		return err
	}),
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target *nullable.Nullable[map[string]any]) error {
		if dec.PeekKind() == 'n' {
			target.SetNull()
			return dec.SkipValue()
		}
		var object map[string]any
		err := json.UnmarshalDecode(dec, &object)
		target.Set(object)
		return err
	}),
))

func newDecoder(text []byte) *stdjson.Decoder {
	decoder := stdjson.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder
}
