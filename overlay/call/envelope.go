package call

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// dataMember is the member that holds the result in an enveloped response, and
// resultsMember that of the items of a page in Django REST framework.
const (
	dataMember    = "data"
	resultsMember = "results"
)

var (
	errNoData   = errors.New(`JSON of another shape: an object without "data"`)
	errNoMember = errors.New("JSON of another shape: an object without any of the members promised")
)

// decoding is the decoding of one response body into a result. It is strict first: what
// fits is decoded in one pass. Only after a value that did not fit is there a second,
// lenient pass.
//
//	decode    chooses where in the body the result is
//	read      decodes the result from there: strictly, or with a *lenient
//	check     makes sure that an object is the one that was promised
type decoding struct {
	ctx    context.Context //nolint:containedctx // lives for one response
	body   []byte
	result reflect.Value // what the caller's pointer leads to
	prior  reflect.Value // a copy of the result as it was, if it was not zero

	path       []string // of the members that lead to the result in the body
	lenient    *lenient // nil in the strict pass
	sized      bool     // room for a list was made in this pass
	found      bool     // the path led to a value
	begin, end int64    // where that value is in the body

	unfit []Unfit
	count int
}

func newDecoding(ctx context.Context, body []byte, result any) *decoding {
	d := &decoding{ctx: ctx, body: body, result: reflect.ValueOf(result).Elem()}
	if !d.result.IsZero() {
		d.prior = reflect.New(d.result.Type()).Elem()
		d.prior.Set(d.result)
	}
	return d
}

// decode decodes a body whose result is promised as in api.Operation.Result. An envelope
// that was not promised is accepted, and a result without the one that was. undescribed
// marks a response to Do: a struct with a member "data" is then the whole of it.
func (d *decoding) decode(promised api.Result, undescribed bool) error {
	fields := d.fields()
	switch firstByte(d.body) {
	case '{':
	case '[':
		for _, member := range []string{dataMember, resultsMember} {
			if fields.has(`"` + member + `"`) {
				return d.readPage(member)
			}
		}
		return d.read()
	default:
		return d.read()
	}
	takesObject := holdsObject(d.result.Type())
	if !takesObject || promised == api.ResultData && !(undescribed && fields.has(`"data"`)) {
		if err := d.read(dataMember); err != nil || d.found {
			return d.checked(err)
		}
	}
	switch {
	case takesObject:
		return d.checked(d.read())
	case promised == api.ResultData && isEmptyObject(d.body):
		return nil
	default:
		return errNoData
	}
}

// fields returns those of a result that is a struct; nil for any other.
func (d *decoding) fields() *fields {
	if t := d.result.Type(); t.Kind() == reflect.Struct && kindOf(t) == object {
		return shapeOf(t).fields()
	}
	return nil
}

// holdsObject reports whether a type can hold an object.
func holdsObject(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind := kindOf(t)
	return kind == object || kind == dynamic || kind == leaf
}

// checked makes sure that an object has a member that was promised, if it has any:
// otherwise it is another object, such as an error. Only a result that is zero is in
// doubt. An object that is wrapped once more is unwrapped: in an envelope that was not
// promised, or in a map by its id.
func (d *decoding) checked(err error) error {
	fields := d.fields()
	if err != nil || fields == nil || fields.none() || !fields.isZero(d.result) {
		return err
	}
	total, known, first := 0, false, ""
	err = members(source(d.ctx, d.text()), func(name jsontext.Value) bool {
		if total++; total == 1 {
			first = unquote(name)
		}
		known = fields.has(string(name))
		return !known && total < maxDoubt
	})
	switch {
	case err != nil || known || total == 0:
		return readError(err)
	case total == 1 && (len(d.path) == 0 && strings.EqualFold(first, dataMember) || isID(first)) && len(d.path) < maxWraps:
		return d.checked(d.read(append(d.path, first)...))
	default:
		return errNoMember
	}
}

// maxDoubt is how many members are looked at for one that was promised, and maxWraps how
// often a result is unwrapped.
const (
	maxDoubt = 10_000
	maxWraps = 2
)

// text is the value that the result was read from.
func (d *decoding) text() []byte { return bytes.TrimLeft(d.body[d.begin:d.end], ": \t\r\n") }

// isID reports whether a name is an id of the form QuotaId<1>: older releases answer a
// map by ids where newer ones answer a list or an object.
func isID(name string) bool {
	kind, number, found := strings.Cut(name, "Id<")
	return found && kind != "" && strings.HasSuffix(number, ">")
}

// readPage decodes a bare list into the member of a result that is a page: a server that
// does not page a list sends it so.
func (d *decoding) readPage(member string) error {
	d.body = slices.Concat([]byte(`{"`+member+`":`), d.body, []byte("}"))
	err := d.read()
	for i, u := range d.unfit {
		d.unfit[i].Pointer = strings.TrimPrefix(u.Pointer, "/"+member)
	}
	return err
}

// read decodes the value at a path of members into the result.
func (d *decoding) read(path ...string) error {
	d.path, d.unfit, d.count = path, nil, 0
	s := shapeOf(d.result.Type())
	if s.prices.fitsMemory(d.body) {
		options := plain
		if s.holdsOwn {
			options = exact
		}
		err := d.pass(options)
		if meaning := (*json.SemanticError)(nil); !errors.As(err, &meaning) {
			return readError(err)
		}
	}
	d.lenient = newLenient(memoryFor(d.body))
	err := d.pass(d.lenient.options)
	d.unfit, d.count = d.lenient.unfit, d.lenient.count
	d.lenient.release()
	d.lenient = nil
	return readError(err)
}

// pass decodes the body once, into the result as the caller gave it.
func (d *decoding) pass(options json.Options) error {
	d.found, d.sized = false, false
	if d.result.SetZero(); d.prior.IsValid() {
		d.result.Set(d.prior)
	}
	return json.UnmarshalRead(source(d.ctx, d.body), d, options)
}

// UnmarshalJSONFrom decodes the whole body. It passes over what the path does not lead to.
func (d *decoding) UnmarshalJSONFrom(dec *jsontext.Decoder) error { return d.descend(dec, d.path) }

func (d *decoding) descend(dec *jsontext.Decoder, path []string) error {
	if len(path) == 0 {
		return d.value(dec)
	}
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if string(name) == `"data"` && path[0] == dataMember || strings.EqualFold(unquote(name), path[0]) {
			err = d.descend(dec, path[1:])
		} else {
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// value decodes the next value into the result.
func (d *decoding) value(dec *jsontext.Decoder) error {
	kind := dec.PeekKind()
	d.found, d.begin = true, dec.InputOffset()
	defer func() { d.end = dec.InputOffset() }()
	result := d.result.Addr().Interface()
	switch own, _ := result.(stdjson.Unmarshaler); {
	case own != nil && decodesItself(d.result.Type()):
		return d.raw(dec, own)
	case kind == '[' && !d.sized:
		d.sized = true // once: a member can come many times
		makeRoom(d.body[d.begin:], d.result)
	case kind == '{' && d.lenient != nil && d.result.Kind() == reflect.Slice:
		return d.listOfMap(dec)
	}
	return json.UnmarshalDecode(dec, result)
}

// raw gives a result that decodes itself, such as raw JSON, its part of the body: the
// library would collect it first.
func (d *decoding) raw(dec *jsontext.Decoder, result stdjson.Unmarshaler) error {
	found := kindName(dec.PeekKind())
	if err := dec.SkipValue(); err != nil {
		return err
	}
	d.end = dec.InputOffset()
	if result.UnmarshalJSON(d.text()) != nil {
		return &shapeError{Unfit{shortPointer(dec.StackPointer()), shapeOf(d.result.Type()).expected, found}}
	}
	return nil
}

// listOfMap decodes a map by ids as the list of its values.
func (d *decoding) listOfMap(dec *jsontext.Decoder) error {
	if err := d.lenient.enter(dec, d.result); err != nil {
		return err
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	n := 0
	for d.result.SetZero(); dec.PeekKind() != '}'; n++ {
		name, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if !isID(unquote(name)) {
			break
		}
		d.result.Set(reflect.Append(d.result, reflect.Zero(d.result.Type().Elem())))
		if err := json.UnmarshalDecode(dec, d.result.Index(n).Addr().Interface()); err != nil {
			return err
		}
	}
	if dec.PeekKind() != '}' || n == 0 {
		return &shapeError{Unfit{shortPointer(dec.StackPointer().Parent()), "a list", "an object"}}
	}
	_, err := dec.ReadToken()
	return err
}

// firstByte is the first byte of a document that is not space; 0 if there is none.
func firstByte(body []byte) byte {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 {
		return 0
	}
	return body[0]
}

// isEmptyObject reports whether a document, which is valid, is an object without members.
func isEmptyObject(body []byte) bool {
	return firstByte(bytes.TrimLeft(body, " \t\r\n")[1:]) == '}'
}
