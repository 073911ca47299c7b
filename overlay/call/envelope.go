package call

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hotcold-go/hotcold/overlay/api"
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
	if !takesObject || promised == api.ResultData && (!undescribed || !fields.has(`"data"`)) {
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
	if t := d.result.Type(); t.Kind() == reflect.Struct && shapeOf(t).kind == object {
		return shapeOf(t).fields()
	}
	return nil
}

// holdsObject reports whether a type can hold an object.
func holdsObject(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind := shapeOf(t).kind
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
