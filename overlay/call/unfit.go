package call

import (
	"bytes"
	"reflect"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// Unfit is a member of a response whose value does not fit its Go type. The member is
// left at its zero value, and a number beyond the range of its type at the nearest.
type Unfit struct {
	// Pointer is a JSON pointer into the response body, such as
	// /data/0/total_budget, cut at 256 bytes.
	Pointer string
	// Expected and Found say in words what the type takes, such as "a list", and what
	// came, such as "an object". They never hold the value.
	Expected, Found string
}

// maxUnfit is how many unfit members of a response are described. All are counted.
const maxUnfit = 1000

// lenient is a second pass over a document in which a value did not fit its type. A hook
// sees each value before the library decodes it. It mends scalars of another JSON type,
// and passes over values that do not fit, so that the library never meets one.
type lenient struct {
	options json.Options
	body    []byte
	memory  int64   // bytes that may still be taken
	within  []level // around the next value, by depth
	unfit   []Unfit
	count   int
}

// level is a variable whose value is being decoded.
type level struct {
	reflect.Value
	kept bool // an unfit member was kept raw
}

// lenients are kept, since the library caches by option which type is decoded by which
// function, and some servers quote numbers in every response.
var lenients = sync.Pool{New: func() any {
	l := &lenient{}
	l.options = json.JoinOptions(plain, json.WithUnmarshalers(json.UnmarshalFromFunc(l.decode)))
	return l
}}

func newLenient(body []byte) *lenient {
	l := lenients.Get().(*lenient) //nolint:forcetypeassert // the pool holds nothing else
	*l = lenient{options: l.options, body: body, memory: memoryFor(body), within: l.within[:0]}
	return l
}

func (l *lenient) release() {
	clear(l.within[:cap(l.within)])
	l.body, l.unfit = nil, nil
	lenients.Put(l)
}

// decode is the hook. It decodes the next value into what target points to, or leaves
// it to the library.
func (l *lenient) decode(dec *jsontext.Decoder, target any) error {
	switch target := target.(type) {
	case *decoding: // the root
		return errSkip
	case api.Open:
		return decodeOpen(dec, target)
	}
	if in, n := dec.StackIndex(dec.StackDepth()); in == '{' && n%2 == 0 {
		return errSkip // a name: two that differ must not become one
	}
	v := reflect.ValueOf(target).Elem()
	if err := l.enter(dec, v); err != nil {
		return err
	}
	l.forget(dec)
	return l.value(dec, v)
}

// enter notes that the next value is decoded into v, and takes the memory for it.
func (l *lenient) enter(dec *jsontext.Decoder, v reflect.Value) error {
	depth := dec.StackDepth()
	for len(l.within) < depth {
		l.within = append(l.within, level{})
	}
	l.within = append(l.within[:depth], level{Value: v})
	return l.take(cost(l.parent().Value, v, dec.PeekKind()))
}

// take takes memory.
func (l *lenient) take(size int64) error {
	if l.memory -= size; l.memory < 0 {
		return errMemory
	}
	return nil
}

// parent is the variable that holds the current value. It is not valid for the result
// itself.
func (l *lenient) parent() *level {
	if n := len(l.within); n > 1 {
		return &l.within[n-2]
	}
	return &level{}
}

// value decodes the next value into v.
func (l *lenient) value(dec *jsontext.Decoder, v reflect.Value) error {
	s := shapeOf(v.Type())
	kind := dec.PeekKind()
	switch {
	case s.kind == leaf:
		return l.leaf(dec, v, s)
	case kind == 'n', kind == 0: // 0 is an error, which the library reports
		return errSkip
	case s.kind == pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return l.value(dec, v.Elem())
	case s.kind == dynamic:
		if v, ok := v.Addr().Interface().(*any); ok {
			return exactNumber(dec, v)
		}
		return errSkip
	case s.kind == object && kind == '{', s.kind == list && kind == '[':
		return errSkip
	case s.kind == scalar && kind != '{' && kind != '[':
		return l.scalar(dec, v, s)
	case v.Kind() == reflect.Slice && kind == '{' && isID(firstName(l.body[dec.InputOffset():])):
		return l.listOfMap(dec, v)
	default:
		return l.pass(dec, s)
	}
}

// leaf decodes a value that the library decodes in one go: it is one member.
func (l *lenient) leaf(dec *jsontext.Decoder, v reflect.Value, s *shape) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if json.Unmarshal(value, v.Addr().Interface(), exact) == nil {
		return nil
	}
	return l.report(dec, s, kindName(value.Kind()), value)
}

// scalar decodes a boolean, string or number, which may be written as another of them.
func (l *lenient) scalar(dec *jsontext.Decoder, v reflect.Value, s *shape) error {
	if kind := dec.PeekKind(); kind == '"' && v.Kind() == reflect.String || v.Kind() == reflect.Bool && kind != '"' && kind != '0' {
		return errSkip
	}
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if found := setScalar(v, value); found != "" {
		return l.report(dec, s, found, value)
	}
	return nil
}

// listOfMap decodes a map by ids as the list of its values.
func (l *lenient) listOfMap(dec *jsontext.Decoder, v reflect.Value) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for v.SetZero(); dec.PeekKind() != '}'; {
		if err := dec.SkipValue(); err != nil { // the name
			return err
		}
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		if err := json.UnmarshalDecode(dec, v.Index(v.Len()-1).Addr().Interface()); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// isID reports whether a name is an id of the form QuotaId<1>: older releases answer a
// map by ids where newer ones answer a list or an object.
func isID(name string) bool {
	kind, number, found := strings.Cut(name, "Id<")
	return found && kind != "" && strings.HasSuffix(number, ">")
}

// firstName returns the name of the first member of the object that a text begins with,
// after delimiters.
func firstName(text []byte) string {
	text, isName := bytes.CutPrefix(bytes.TrimLeft(text, ",:{ \t\r\n"), []byte{'"'})
	name, _, _ := bytes.Cut(text, []byte{'"'})
	if !isName {
		return ""
	}
	return string(name)
}

// pass passes over a value of another shape than the type takes.
func (l *lenient) pass(dec *jsontext.Decoder, s *shape) error {
	found := kindName(dec.PeekKind())
	if l.keeper(s) == nil {
		if err := dec.SkipValue(); err != nil {
			return err
		}
		return l.report(dec, s, found, nil)
	}
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return l.report(dec, s, found, value)
}

// report notes that the value just read does not fit.
func (l *lenient) report(dec *jsontext.Decoder, s *shape, found string, value jsontext.Value) error {
	if found != outOfRange {
		l.within[len(l.within)-1].SetZero()
		if !l.parent().IsValid() {
			return &shapeError{Unfit{shortPointer(dec.StackPointer()), s.expected, found}}
		}
	}
	l.count++
	keeper := l.keeper(s)
	if keeper == nil && len(l.unfit) == maxUnfit {
		return nil
	}
	pointer := dec.StackPointer()
	if len(l.unfit) < maxUnfit {
		l.unfit = append(l.unfit, Unfit{shortPointer(pointer), s.expected, found})
	}
	if keeper != nil {
		l.keep(keeper, pointer.LastToken(), value)
	}
	return l.take(int64(len(pointer) + len(value))) // names can be long
}

// keeper returns the fields of the object that the current value is a member of if the
// object keeps raw values. It is nil for a secret, which would be printed.
func (l *lenient) keeper(s *shape) *fields {
	if parent := l.parent(); parent.Kind() == reflect.Struct && !s.secret {
		if f := shapeOf(parent.Type()).fields(); f.keepsRaw {
			return f
		}
	}
	return nil
}

// keep stores a value as it is among the unknown members of its object.
func (l *lenient) keep(f *fields, name string, value jsontext.Value) {
	all := l.parent().Field(f.unknown)
	if all.IsNil() {
		all.Set(reflect.MakeMap(all.Type()))
	}
	raw := reflect.New(all.Type().Elem())
	_ = json.Unmarshal(value, raw.Interface(), exact)
	all.SetMapIndex(reflect.ValueOf(name).Convert(all.Type().Key()), raw.Elem())
	l.parent().kept = true
}

// forget drops what was kept of an earlier duplicate of the next member.
func (l *lenient) forget(dec *jsontext.Decoder) {
	if parent := l.parent(); parent.kept {
		all := parent.Field(shapeOf(parent.Type()).fields().unknown)
		all.SetMapIndex(reflect.ValueOf(dec.StackPointer().LastToken()).Convert(all.Type().Key()), reflect.Value{})
	}
}
