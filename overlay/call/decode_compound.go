package call

import (
	"encoding"
	"reflect"
	"strconv"
)

func decodePointer(r *reader, v reflect.Value) error {
	if r.PeekKind() == 'n' {
		return r.null(v)
	}
	if v.IsNil() {
		if !v.CanSet() {
			return r.misfit(v.Type())
		}
		v.Set(reflect.New(v.Type().Elem()))
	}
	return r.value(v.Elem())
}

// decodeStruct reads an object, in which a member that comes twice counts as it came
// last, and a name is known in any case.
func decodeStruct(s *fields) decoder {
	return func(r *reader, v reflect.Value) error {
		s.ready.Do(s.chooseDecoders)
		switch r.PeekKind() {
		case 'n':
			return r.null(v)
		case '{':
			return r.object(func(name []byte) error { return s.member(r, v, name) })
		default:
			return r.misfit(v.Type())
		}
	}
}

// chooseDecoders waits until there is something to read: a struct can hold itself.
func (s *fields) chooseDecoders() {
	for i := range s.all {
		s.all[i].decode = decoderOf(s.all[i].typ)
	}
}

func (s *fields) member(r *reader, v reflect.Value, name []byte) error {
	f := s.find(name)
	known := f != nil
	if !known {
		f = s.rest
	}
	if f == nil {
		return r.SkipValue()
	}
	to := f.of(v, true)
	switch {
	case !to.IsValid():
		return r.misfit(v.Type())
	case known:
		return f.decode(r, to)
	default:
		return r.entry(to, string(name))
	}
}

// decodeSlice reads a list. An empty one is not null.
func decodeSlice(t reflect.Type) decoder {
	empty := reflect.MakeSlice(t, 0, 0)
	return func(r *reader, v reflect.Value) error {
		switch r.PeekKind() {
		case 'n':
			return r.null(v)
		case '[':
			err := r.items(v)
			if v.IsNil() {
				v.Set(empty)
			}
			return err
		default:
			return r.misfit(v.Type())
		}
	}
}

func (r *reader) items(v reflect.Value) error {
	v.SetLen(0)
	item := decoderOf(v.Type().Elem())
	return r.list(func() error {
		n := v.Len()
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		v.Index(n).SetZero()
		return item(r, v.Index(n))
	})
}

// decodeArray leaves out what is too much, and makes zero what is missing.
func decodeArray(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case '[':
		v.SetZero()
		i := -1
		return r.list(func() error {
			if i++; i >= v.Len() {
				return r.SkipValue()
			}
			return r.value(v.Index(i))
		})
	default:
		return r.misfit(v.Type())
	}
}

func decodeMap(r *reader, v reflect.Value) error {
	switch r.PeekKind() {
	case 'n':
		return r.null(v)
	case '{':
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		return r.object(func(name []byte) error { return r.entry(v, string(name)) })
	default:
		return r.misfit(v.Type())
	}
}

// entry reads a value into a map, under a name.
func (r *reader) entry(v reflect.Value, name string) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	key := reflect.New(v.Type().Key()).Elem()
	if !setKey(key, name) {
		return r.misfit(v.Type())
	}
	value := reflect.New(v.Type().Elem()).Elem()
	if err := r.value(value); err != nil {
		return err
	}
	v.SetMapIndex(key, value)
	return nil
}

// setKey reads the key of a map as encoding/json writes it. Nothing is mended: two keys
// that are not the same would become one.
func setKey(key reflect.Value, name string) bool {
	if own, ok := key.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return own.UnmarshalText([]byte(name)) == nil
	}
	switch {
	case key.Kind() == reflect.String:
		key.SetString(name)
		return true
	case key.CanInt():
		n, err := strconv.ParseInt(name, 10, key.Type().Bits())
		key.SetInt(n)
		return err == nil
	case key.CanUint():
		n, err := strconv.ParseUint(name, 10, key.Type().Bits())
		key.SetUint(n)
		return err == nil
	default:
		return false
	}
}
