package call

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// fields is what a struct type says of an object by its tags, which mean what they mean
// to encoding/json; beside them "embed", as the generator writes it.
type fields struct {
	all      []field
	exact    map[string]*field
	folded   map[string]*field // by name in any case
	rest     *field            // the map that keeps the members that no field is for
	required bool              // a member is tagged without omitempty and omitzero
	ready    sync.Once         // the decoders of the fields are chosen
}

// field is a member of an object.
type field struct {
	name                        string
	index                       []int // longer than one for a member of an embedded struct
	typ                         reflect.Type
	decode                      decoder
	tagged                      bool
	omitZero, omitEmpty, quoted bool
	saysZero                    bool // the type has a method IsZero
}

func makeFields(t reflect.Type) *fields {
	s := &fields{exact: map[string]*field{}, folded: map[string]*field{}}
	s.collect(t, nil, map[reflect.Type]bool{})
	s.all = dominant(s.all)
	for i := range s.all {
		f := &s.all[i]
		s.exact[f.name] = f
		if name := fold(f.name); s.folded[name] == nil {
			s.folded[name] = f
		}
	}
	return s
}

// collect lists the fields of a struct and of those embedded in it.
func (s *fields) collect(t reflect.Type, index []int, within map[reflect.Type]bool) {
	if within[t] {
		return // a type that embeds itself adds nothing
	}
	within[t] = true
	defer delete(within, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		f := field{name: name, index: append(slices.Clone(index), i), typ: sf.Type, tagged: name != "", saysZero: saysZero(sf.Type)}
		for option := range strings.SplitSeq(options, ",") {
			f.omitZero = f.omitZero || option == "omitzero"
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.quoted = f.quoted || option == "string" && isQuotable(sf.Type)
		}
		switch embedded := structBehind(sf); {
		case tag == "-":
		case embedded != nil && name == "":
			s.collect(embedded, f.index, within)
		case !sf.IsExported() && embedded == nil:
		case strings.Contains(options, "embed") && sf.Type.Kind() == reflect.Map:
			s.rest = &f
		default:
			if name == "" {
				f.name = sf.Name
			}
			s.required = s.required || f.tagged && !f.omitZero && !f.omitEmpty
			s.all = append(s.all, f)
		}
	}
}

// structBehind is the struct that a field embeds, by itself or by a pointer.
func structBehind(sf reflect.StructField) reflect.Type {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !sf.Anonymous || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// isQuotable tells whether the option "string" is for a type: a number or a boolean, or a
// pointer to one, that does not write itself. Texts stay as they are.
func isQuotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return reflect.Bool <= t.Kind() && t.Kind() <= reflect.Float64 && !encodesItself(t)
}

// dominant leaves one field for a name: the one that is embedded the least deep, of those
// the one that is tagged, and none if that does not decide.
func dominant(all []field) []field {
	beats := func(f, g field) bool {
		return f.name == g.name && (len(f.index) < len(g.index) || len(f.index) == len(g.index) && (f.tagged || !g.tagged))
	}
	return slices.DeleteFunc(slices.Clone(all), func(f field) bool {
		return slices.ContainsFunc(all, func(g field) bool { return !slices.Equal(f.index, g.index) && beats(g, f) })
	})
}

// find gives the field for a member, nil if there is none. The name as it is wins over
// the name in another case.
func (s *fields) find(name []byte) *field {
	if f := s.exact[string(name)]; f != nil {
		return f
	}
	var short [64]byte
	if len(name) > len(short) {
		return s.folded[fold(string(name))]
	}
	for i, c := range name {
		if c >= utf8.RuneSelf {
			return s.folded[fold(string(name))]
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		short[i] = c
	}
	return s.folded[string(short[:len(name)])]
}

// knows tells whether there is a field for a member.
func (s *fields) knows(name string) bool {
	return s != nil && s.find([]byte(name)) != nil
}

// fold makes names alike that differ in case alone.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// of gives the field in a struct. Embedded pointers on the way are filled in if that is
// asked. It is no value where one stays nil, as one to a type that is not exported does:
// nobody can set it.
func (f *field) of(v reflect.Value, fill bool) reflect.Value {
	for i, n := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !fill || !v.CanSet() {
					return reflect.Value{}
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}
