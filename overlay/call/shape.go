package call

import (
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"strings"
	"sync"
)

// shape is what a struct type says of the object that it decodes: by its tags,
// as the generator writes them.
type shape struct {
	fields   map[string][]int // by member name in lower case
	required bool             // a member is tagged without omitempty and omitzero
	open     bool             // it keeps the members that no field is for
}

func (s *shape) knows(member string) bool {
	if s == nil {
		return false
	}
	_, ok := s.fields[strings.ToLower(member)]
	return ok
}

var shapes sync.Map // by reflect.Type: *shape

// shapeOf gives the shape behind a pointer to a struct; nil for other types, and
// for a struct that decodes itself or has no members.
func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	made, _ := shapes.LoadOrStore(t, makeShape(t))
	return made.(*shape)
}

func makeShape(t reflect.Type) *shape {
	t = t.Elem()
	if t.Kind() != reflect.Struct || decodesItself(t) {
		return nil
	}
	s := &shape{fields: map[string][]int{}}
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if !f.IsExported() || tag == "-" || f.Anonymous && name == "" {
			continue
		}
		if strings.Contains(options, "embed") {
			s.open = true
			continue
		}
		if name == "" {
			name = f.Name
		} else if !strings.Contains(options, "omit") {
			s.required = true
		}
		s.fields[strings.ToLower(name)] = f.Index
	}
	if len(s.fields) == 0 {
		return nil
	}
	return s
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

var openTypes sync.Map // by reflect.Type: bool, whether it holds an any

// holdsAny tells whether there is an interface in a type, at any depth.
func holdsAny(t reflect.Type) bool {
	if known, ok := openTypes.Load(t); ok {
		return known.(bool)
	}
	found := findAny(t, map[reflect.Type]bool{})
	openTypes.Store(t, found)
	return found
}

func findAny(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return findAny(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if findAny(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
