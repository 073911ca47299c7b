package call

import (
	"encoding"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// shape is what JSON a Go type takes.
type shape struct {
	kind     shapeKind
	expected string // in words, for reports
	secret   bool   // a value may hold a secret
	exact    bool   // it is to be decoded with the options of that name
	prices   prices
	fields   func() *fields // of a struct
}

type shapeKind byte

const (
	leaf    shapeKind = iota // decoded by the library in one go: what decodes itself, bytes, odd types
	scalar                   // a boolean, string or number
	object                   // a struct, or a map by strings
	list                     // a slice or an array
	pointer                  // to another type
	dynamic                  // an interface
)

var shapes sync.Map // by reflect.Type: *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape) //nolint:forcetypeassert // the map holds nothing else
	}
	made, _ := shapes.LoadOrStore(t, makeShape(t))
	return made.(*shape) //nolint:forcetypeassert // as above
}

func makeShape(t reflect.Type) *shape {
	s := &shape{kind: kindOf(t)}
	s.expected = expectedOf(t, s.kind)
	s.fields = sync.OnceValue(func() *fields { return makeFields(t) })
	walk(t, map[reflect.Type]bool{}, func(inner reflect.Type) {
		s.exact = s.exact || inner.Kind() == reflect.Interface || isOpen(inner)
		s.secret = s.secret || inner == reflect.TypeFor[api.Secret]() || inner == reflect.TypeFor[api.SecretJSON]()
		s.prices.add(inner)
	})
	return s
}

// walk calls visit with a type and every type that it is made of.
func walk(t reflect.Type, seen map[reflect.Type]bool, visit func(reflect.Type)) {
	if seen[t] {
		return
	}
	seen[t] = true
	visit(t)
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			walk(t.Field(i).Type, seen, visit)
		}
	case reflect.Slice, reflect.Array, reflect.Pointer, reflect.Map:
		walk(t.Elem(), seen, visit)
	}
}

func kindOf(t reflect.Type) shapeKind {
	switch {
	case t.Kind() == reflect.Pointer: // the type behind it may decode itself
		return pointer
	case t.Kind() == reflect.Interface:
		return dynamic
	case decodesItself(t):
		return leaf
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return scalar
	case reflect.Struct:
		return object
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !decodesItself(t.Key()) {
			return object
		}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return list
		}
	}
	return leaf
}

func isOpen(t reflect.Type) bool { return reflect.PointerTo(t).Implements(reflect.TypeFor[api.Open]()) }

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return !isOpen(t) && (p.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		p.Implements(reflect.TypeFor[json.UnmarshalerFrom]()))
}

// expectedOf says in words what JSON a type takes.
func expectedOf(t reflect.Type, kind shapeKind) string {
	switch {
	case kind == pointer:
		return shapeOf(t.Elem()).expected
	case t == reflect.TypeFor[time.Time]():
		return "an RFC 3339 time"
	case kind == object:
		return "an object"
	case kind == list:
		return "a list"
	case kind != scalar:
		return "a value for " + t.String()
	}
	switch {
	case t.Kind() == reflect.Bool:
		return "a boolean"
	case t.Kind() == reflect.String:
		return "a string"
	case reflect.Zero(t).CanInt():
		return "an integer of " + strconv.Itoa(t.Bits()) + " bits"
	case reflect.Zero(t).CanUint():
		return "an unsigned integer of " + strconv.Itoa(t.Bits()) + " bits"
	default:
		return "a number"
	}
}

// fields says which members a struct type has. Only the library reads tags, so it is
// asked, with objects of one member.
type fields struct {
	typ      reflect.Type
	unknown  int  // index of the map that keeps members without a field of their own; -1 if none does
	keepsRaw bool // that map takes any value as it is
}

func makeFields(t reflect.Type) *fields {
	f := &fields{typ: t, unknown: -1}
	if t.Kind() != reflect.Struct {
		return f
	}
	v := reflect.New(t)
	_ = json.Unmarshal([]byte(`{"\u0000":null}`), v.Interface(), exact) // a name that no field has
	for i := range t.NumField() {
		if field := v.Elem().Field(i); field.Kind() == reflect.Map && field.Len() > 0 {
			elem := field.Type().Elem()
			f.unknown, f.keepsRaw = i, elem == reflect.TypeFor[stdjson.RawMessage]() || elem == reflect.TypeFor[any]()
		}
	}
	return f
}

// has reports whether there is a field for a member, whose name is given as a JSON string.
func (f *fields) has(name string) bool {
	if f == nil {
		return false
	}
	v := reflect.New(f.typ)
	err := json.Unmarshal([]byte("{"+name+":null}"), v.Interface(), exact, json.RejectUnknownMembers(true))
	return !errors.Is(err, json.ErrUnknownName) && (f.unknown < 0 || v.Elem().Field(f.unknown).Len() == 0)
}

// none reports whether no member has a field of its own.
func (f *fields) none() bool {
	n := f.typ.NumField()
	return n == 0 || n == 1 && f.unknown == 0
}

// isZero reports whether no field of a struct is set but that for unknown members.
func (f *fields) isZero(v reflect.Value) bool {
	for i := range v.NumField() {
		if i != f.unknown && !v.Field(i).IsZero() {
			return false
		}
	}
	return true
}
