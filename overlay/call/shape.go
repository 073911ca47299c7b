package call

import (
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"sync"
)

var structs sync.Map // by reflect.Type: *fields

// fieldsOf gives the fields of a struct type.
func fieldsOf(t reflect.Type) *fields {
	if known, ok := structs.Load(t); ok {
		return known.(*fields)
	}
	made, _ := structs.LoadOrStore(t, makeFields(t))
	return made.(*fields)
}

// shapeOf gives the fields of the object behind a pointer to a struct; nil for other
// types, and for a struct that decodes itself or has no members.
func shapeOf(t reflect.Type) *fields {
	t = t.Elem()
	if t.Kind() != reflect.Struct || decodesItself(t) {
		return nil
	}
	if s := fieldsOf(t); len(s.all) > 0 {
		return s
	}
	return nil
}

func encodesItself(t reflect.Type) bool {
	return can[stdjson.Marshaler](t) || can[encoding.TextMarshaler](t)
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
