package call

import (
	"encoding"
	"encoding/base64"
	stdjson "encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// raw writes a value that is JSON already, null for nothing.
func (w *writer) raw(value []byte) error {
	if len(value) == 0 {
		return w.WriteToken(jsontext.Null)
	}
	return w.WriteValue(value)
}

func encodeFloat(w *writer, v reflect.Value) error {
	f := v.Float()
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return fmt.Errorf("%v has no form in JSON", f)
	}
	if v.Kind() == reflect.Float32 { // as float64 it would show more digits than it has
		return w.WriteValue(strconv.AppendFloat(nil, f, 'g', -1, 32))
	}
	return w.WriteToken(jsontext.Float(f))
}

func encodeBytes(w *writer, v reflect.Value) error {
	return w.text(base64.StdEncoding.EncodeToString(v.Bytes()))
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
		return w.WriteToken(jsontext.Null)
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
	return w.text(string(text))
}
