package call

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decoding is the decoding of one response body into a result. It is strict first: what
// fits is decoded in one pass. Only after a value that did not fit is there a second,
// lenient pass.
//
//	decode    chooses where in the body the result is
//	read      decodes the result from there: strictly, or with a *lenient
//	checked   makes sure that an object is the one that was promised
type decoding struct {
	ctx    context.Context //nolint:containedctx // lives for one response
	body   []byte
	result reflect.Value // what the caller's pointer leads to
	prior  reflect.Value // a copy of the result as it was, if it was not zero

	path       []string // of the members that lead to the result in the body
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

// read decodes the value at a path of members into the result.
func (d *decoding) read(path ...string) error {
	d.path, d.unfit, d.count = path, nil, 0
	s := shapeOf(d.result.Type())
	if s.prices.fitsMemory(d.body) {
		options := plain
		if s.exact {
			options = exact
		}
		err := d.pass(options)
		if meaning := (*json.SemanticError)(nil); !errors.As(err, &meaning) {
			return readError(err)
		}
	}
	l := newLenient(d.body)
	defer l.release()
	err := d.pass(l.options)
	d.unfit, d.count = l.unfit, l.count
	return readError(err)
}

// pass decodes the body once, into the result as the caller gave it.
func (d *decoding) pass(options json.Options) error {
	d.found, d.sized = false, false
	d.reset()
	return json.UnmarshalRead(source(d.ctx, d.body), d, options)
}

// reset makes the result what it was when the caller gave it.
func (d *decoding) reset() {
	if d.result.SetZero(); d.prior.IsValid() {
		d.result.Set(d.prior)
	}
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
	case own != nil && shapeOf(d.result.Type()).kind == leaf:
		return d.raw(dec, own)
	case kind == '[' && !d.sized:
		d.sized = true // once: a member can come many times
		makeRoom(d.body[d.begin:], d.result)
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

// lookEvery is how many bytes are decoded before the caller's context is looked at again.
const lookEvery = 64 << 10

// source returns a reader of a document that ends with the context's error when the
// context does. A short document is decoded in place.
func source(ctx context.Context, document []byte) io.Reader {
	if len(document) <= lookEvery {
		return bytes.NewBuffer(document)
	}
	return &watchedReader{ctx: ctx, document: document}
}

// watchedReader reads from memory and looks at a context now and then.
type watchedReader struct {
	ctx      context.Context //nolint:containedctx // lives for one decode
	document []byte
	unlooked int // bytes read since the context was looked at
}

func (r *watchedReader) Read(p []byte) (int, error) {
	if r.unlooked >= lookEvery {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		r.unlooked = 0
	}
	if len(r.document) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.document)
	r.document = r.document[n:]
	r.unlooked += n
	return n, nil
}
