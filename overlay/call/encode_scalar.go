package call

import (
	"bytes"
	"encoding"
	"encoding/base64"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

var errNoJSON = errors.New("what is given as JSON is none")

// raw writes a value that is JSON already, null for nothing.
func (w *writer) raw(value []byte) error {
	if len(value) == 0 {
		w.plain("null")
		return nil
	}
	body := bytes.NewBuffer(w.body)
	if stdjson.Compact(body, value) != nil {
		return errNoJSON // its own error shows a character of what may be a secret
	}
	w.body = body.Bytes()
	return nil
}

// encodeNumber writes the digits as they were read.
func encodeNumber(w *writer, v reflect.Value) error { return w.raw([]byte(v.String())) }

// encodeSecret writes a secret in clear, and notes it.
func encodeSecret(w *writer, v reflect.Value) error {
	secret := as[revealer](v).Reveal()
	w.secrets = append(w.secrets, secret)
	w.text(secret)
	return nil
}

func encodeFloat(w *writer, v reflect.Value) error {
	f := v.Float()
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return fmt.Errorf("%v has no form in JSON", f)
	}
	format := byte('f')
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	w.body = strconv.AppendFloat(w.body, f, format, -1, v.Type().Bits())
	return nil
}

// encodeBytes writes base64, as encoding/json does.
func encodeBytes(w *writer, v reflect.Value) {
	w.text(base64.StdEncoding.EncodeToString(v.Bytes()))
}

func encodeRawSecret(w *writer, v reflect.Value) error {
	secret := as[rawRevealer](v).Reveal()
	r := newReader(secret)
	defer r.release()
	inside, _ := r.any() // what is wrong with it, the writing says
	w.note(inside)
	return w.raw(secret)
}

// note takes every text and number of a secret for one: nobody says which it is.
func (w *writer) note(secret any) {
	switch secret := secret.(type) {
	case string:
		w.secrets = append(w.secrets, secret)
	case stdjson.Number:
		w.secrets = append(w.secrets, secret.String())
	case []any:
		for _, item := range secret {
			w.note(item)
		}
	case map[string]any:
		for _, item := range secret {
			w.note(item)
		}
	}
}

// encodeNullable looks past the MarshalJSON of a nullable value: that would send a
// secret redacted.
func encodeNullable(w *writer, v reflect.Value) error {
	if as[nullable](v).IsNull() {
		w.plain("null")
		return nil
	}
	value := v.MapIndex(reflect.ValueOf(true).Convert(v.Type().Key()))
	if !value.IsValid() {
		value = reflect.Zero(v.Type().Elem())
	}
	return w.value(value)
}

func encodeByItself(w *writer, v reflect.Value) error {
	value, err := as[stdjson.Marshaler](v).MarshalJSON()
	if err != nil {
		return err
	}
	return w.raw(value)
}

func encodeText(w *writer, v reflect.Value) error {
	text, err := as[encoding.TextMarshaler](v).MarshalText()
	if err != nil {
		return err
	}
	w.text(string(text))
	return nil
}
