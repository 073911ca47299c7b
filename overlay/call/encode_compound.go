package call

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// encodeElem writes what a pointer or an interface leads to.
func encodeElem(w *writer, v reflect.Value) error { return w.value(v.Elem()) }

// encodeStruct writes an object: the fields in their order, and the members that no
// field is for.
func encodeStruct(s *fields) encoder {
	return func(w *writer, v reflect.Value) error {
		w.plain("{")
		first := len(w.body)
		for i := range s.all {
			f := &s.all[i]
			member := f.of(v, false)
			if !member.IsValid() || f.omitted(member) {
				continue
			}
			w.name(first, f.name)
			if err := w.member(f, member); err != nil {
				return err
			}
		}
		if s.rest != nil {
			if err := w.entries(first, s.rest.of(v, false)); err != nil {
				return err
			}
		}
		w.plain("}")
		return nil
	}
}

func (w *writer) member(f *field, v reflect.Value) error {
	if !f.quoted || v.Kind() == reflect.Pointer && v.IsNil() {
		return w.value(v)
	}
	plain, _, err := write(v.Interface())
	if err != nil {
		return err
	}
	w.text(string(plain))
	return nil
}

// omitted tells whether a field is left out, by the rules of encoding/json.
func (f *field) omitted(v reflect.Value) bool {
	return f.omitZero && f.isZero(v) || f.omitEmpty && isEmpty(v)
}

type zeroer = interface{ IsZero() bool }

// saysZero tells whether a type decides itself what is zero. An interface does not,
// whatever it holds.
func saysZero(t reflect.Type) bool { return t.Kind() != reflect.Interface && can[zeroer](t) }

func (f *field) isZero(v reflect.Value) bool {
	if !f.saysZero || !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return v.IsZero()
	}
	return as[zeroer](v).IsZero()
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

func encodeList(w *writer, v reflect.Value) error {
	w.plain("[")
	first := len(w.body)
	for i := range v.Len() {
		w.separate(first)
		if err := w.value(v.Index(i)); err != nil {
			return err
		}
	}
	w.plain("]")
	return nil
}

func encodeMap(w *writer, v reflect.Value) error {
	w.plain("{")
	if err := w.entries(len(w.body), v); err != nil {
		return err
	}
	w.plain("}")
	return nil
}

// entries writes what a map holds, in the order of the names, into an object whose first
// member begins at a place.
func (w *writer) entries(first int, v reflect.Value) error {
	if !v.IsValid() {
		return nil
	}
	values := make(map[string]reflect.Value, v.Len())
	for each := v.MapRange(); each.Next(); { // Seq2 would link the calling of methods by reflection
		name, err := nameOf(each.Key())
		if err != nil {
			return err
		}
		values[name] = each.Value()
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.name(first, name)
		if err := w.value(values[name]); err != nil {
			return err
		}
	}
	return nil
}

// nameOf writes the key of a map as encoding/json does.
func nameOf(key reflect.Value) (string, error) {
	if key.Kind() == reflect.String {
		return key.String(), nil
	}
	if key.Kind() == reflect.Pointer && key.IsNil() {
		return "", nil
	}
	if own, ok := key.Interface().(encoding.TextMarshaler); ok {
		text, err := own.MarshalText()
		return string(text), err
	}
	switch {
	case key.CanInt():
		return strconv.FormatInt(key.Int(), 10), nil
	case key.CanUint():
		return strconv.FormatUint(key.Uint(), 10), nil
	default:
		return "", fmt.Errorf("a map from %v has no form in JSON", key.Type())
	}
}
