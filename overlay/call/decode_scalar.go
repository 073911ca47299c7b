package call

import (
	"bytes"
	"encoding/base64"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

func decodeBool(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case 't', 'f', '"':
		value, err := r.ReadValue()
		if err != nil {
			return err
		}
		switch string(value) {
		case "true", `"true"`:
			v.SetBool(true)
		case "false", `"false"`:
			v.SetBool(false)
		default:
			return &misfit{value.Kind(), r.StackPointer(), v.Type()}
		}
		return nil
	default:
		return r.misfit(v.Type())
	}
}

func decodeInt(r *reader, v reflect.Value) error {
	digits, err := r.number(v)
	if digits == nil {
		return err
	}
	n, err := parseInt(string(digits), v.Type().Bits())
	if err != nil {
		return &misfit{'0', r.StackPointer(), v.Type()}
	}
	v.SetInt(n)
	return nil
}

func decodeUint(r *reader, v reflect.Value) error {
	digits, err := r.number(v)
	if digits == nil {
		return err
	}
	n, err := parseUint(string(digits), v.Type().Bits())
	if err != nil {
		return &misfit{'0', r.StackPointer(), v.Type()}
	}
	v.SetUint(n)
	return nil
}

func decodeFloat(r *reader, v reflect.Value) error {
	digits, err := r.number(v)
	if digits == nil {
		return err
	}
	f, err := parseFloat(string(digits), v.Type().Bits())
	if err != nil {
		return &misfit{'0', r.StackPointer(), v.Type()}
	}
	v.SetFloat(f)
	return nil
}

// number reads a number, be it in quotes. There are no digits if it was null, or none.
func (r *reader) number(v reflect.Value) (digits []byte, err error) {
	switch r.PeekKind() {
	case 'n':
		return nil, r.null(v)
	case '0':
		return r.ReadValue()
	case '"':
		value, err := r.ReadValue()
		if err != nil {
			return nil, err
		}
		digits = value[1 : len(value)-1] // a number needs no escapes
		if !isPlainInteger(string(digits)) && !isNumber(digits) {
			return nil, &misfit{'"', r.StackPointer(), v.Type()}
		}
		return digits, nil
	default:
		return nil, r.misfit(v.Type())
	}
}

// isNumber recognizes a JSON number without the space around it that a document may have.
func isNumber(text jsontext.Value) bool {
	return text.Kind() == '0' && text.IsValid() && len(bytes.TrimSpace(text)) == len(text)
}

// decodeNumber keeps the digits.
func decodeNumber(r *reader, v reflect.Value) error {
	digits, err := r.number(v)
	if digits != nil {
		v.SetString(string(digits))
	}
	return err
}

// decodeRaw keeps the value as it is written.
func decodeRaw(r *reader, v reflect.Value) error {
	value, err := r.ReadValue()
	v.SetBytes(bytes.Clone(value))
	return err
}

// decodeString takes a number as its digits.
func decodeString(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case '"':
		value, err := r.ReadValue()
		if err != nil {
			return err
		}
		v.SetString(r.texts.of(value))
		return nil
	case '0':
		value, err := r.ReadValue()
		v.SetString(string(value))
		return err
	default:
		return r.misfit(v.Type())
	}
}

// decodeBytes reads base64, as encoding/json writes bytes.
func decodeBytes(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case '"':
		token, err := r.ReadToken()
		if err != nil {
			return err
		}
		data, err := base64.StdEncoding.DecodeString(token.String())
		if err != nil {
			return &misfit{'"', r.StackPointer(), v.Type()}
		}
		v.SetBytes(data)
		return nil
	default:
		return r.misfit(v.Type())
	}
}

// decodeInterface fills an any, and what a pointer in it points to.
func decodeInterface(r *reader, v reflect.Value) error {
	if inside := v.Elem(); inside.Kind() == reflect.Pointer && !inside.IsNil() && r.PeekKind() != 'n' {
		return r.value(inside.Elem())
	}
	if v.NumMethod() > 0 {
		if r.PeekKind() == 'n' {
			return r.null(v)
		}
		return r.misfit(v.Type())
	}
	value, err := r.any()
	if err == nil {
		v.Set(reflect.Zero(v.Type()))
		if value != nil {
			v.Set(reflect.ValueOf(value))
		}
	}
	return err
}
