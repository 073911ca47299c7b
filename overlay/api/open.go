package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Open is a generated struct that keeps members which no field is for, in its
// AdditionalProperties. Its methods MarshalJSON and UnmarshalJSON do so on every version
// of Go, where the struct tag alone means nothing to encoding/json before Go 1.27.
type Open interface {
	// AsPlain returns the struct behind a pointer to a type without methods, for decoders
	// and encoders with rules of their own, as overlay/call has.
	AsPlain() any
}

// Field is a field of an [Open] struct.
type Field struct {
	Name     string // of the member
	Value    any    // a pointer to the field
	OmitZero bool
}

// isOmitted reports whether the field is left out, by the rule of encoding/json.
func (f Field) isOmitted() bool {
	if !f.OmitZero {
		return false
	}
	if own, ok := f.Value.(interface{ IsZero() bool }); ok {
		return own.IsZero()
	}
	return reflect.ValueOf(f.Value).Elem().IsZero()
}

// MarshalOpen writes an object of the fields, in their order, and then the members of
// additional, by name. A member of additional that has the name of a field is written in
// the field's place: it is the value that did not fit there.
func MarshalOpen[V any](fields []Field, additional map[string]V) ([]byte, error) {
	var out bytes.Buffer
	write := func(name string, value any) error {
		separator := byte(',')
		if out.Len() == 0 {
			separator = '{'
		}
		out.WriteByte(separator)
		if err := encode(&out, name); err != nil {
			return err
		}
		out.WriteByte(':')
		return encode(&out, value)
	}
	rest := maps.Clone(additional)
	for _, f := range fields {
		value := f.Value
		raw, unfit := additional[f.Name]
		delete(rest, f.Name)
		switch {
		case unfit:
			value = raw
		case f.isOmitted():
			continue
		}
		if err := write(f.Name, value); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if err := write(name, rest[name]); err != nil {
			return nil, err
		}
	}
	if out.Len() == 0 {
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// encode appends a value without escaping for HTML, which the encoder that asked for it
// does if it is to be done.
func encode(out *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the newline
	return nil
}

// UnmarshalOpen reads an object into the fields, whose names it matches as encoding/json
// does, and what no field is for into additional. A value that does not fit its field
// goes there too, so that what [MarshalOpen] wrote is read back as it was.
func UnmarshalOpen[V any](data []byte, fields []Field, additional *map[string]V) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if f := find(fields, name); f != nil {
			if decode(members[name], f.Value) == nil {
				continue
			}
			reflect.ValueOf(f.Value).Elem().SetZero()
			name = f.Name
		}
		var value V
		if err := decode(members[name], &value); err != nil {
			return err
		}
		if *additional == nil {
			*additional = map[string]V{}
		}
		(*additional)[name] = value
	}
	return nil
}

// decode reads one value. Numbers in an any are a json.Number, which keeps their digits.
func decode(data []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(value)
}

// find returns the field for a member: of that name, or else in another case.
func find(fields []Field, name string) *Field {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		i = slices.IndexFunc(fields, func(f Field) bool { return strings.EqualFold(f.Name, name) })
	}
	if i < 0 {
		return nil
	}
	return &fields[i]
}
