package call

import (
	"bytes"
	"errors"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

// The memory that a decoded response may take: a fixed part and a multiple of its bytes.
// {} in a list of large structs takes a thousand times its own size. What takes more by a
// quick estimate is decoded leniently, which counts exactly as it goes.
const (
	freeMemory   = 64 << 20
	memoryFactor = 8
	maxMemory    = 1 << 30
)

var errMemory = errors.New("JSON that would take far more memory than its size")

func memoryFor(document []byte) int64 {
	return min(freeMemory+memoryFactor*int64(len(document)), maxMemory)
}

// prices is what a type makes of JSON at most: bytes for an object or null, and for any
// other value.
type prices struct{ object, item int64 }

// add counts what a type makes room for.
func (p *prices) add(t reflect.Type) {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Array:
		p.slot(sizeOf(t.Elem()), t.Elem().Kind())
	case reflect.Map:
		p.object = max(p.object, mapSize(t))
		p.slot(sizeOf(t.Elem())+entrySize, t.Elem().Kind())
	case reflect.Interface:
		p.object = max(p.object, mapSize(reflect.TypeFor[map[string]any]()))
		p.item = max(p.item, sizeOf(t)+entrySize)
	}
}

func (p *prices) slot(size int64, kind reflect.Kind) {
	if kind == reflect.Struct {
		p.object = max(p.object, size)
	} else {
		p.item = max(p.item, size)
	}
}

// entrySize is what an entry of a map takes beside its value.
const entrySize = 48

func sizeOf(t reflect.Type) int64 { return int64(t.Size()) } //nolint:gosec // a type is smaller

// mapSize is what a map with one entry takes: room for eight.
func mapSize(t reflect.Type) int64 { return 48 + 8*(16+min(sizeOf(t.Elem()), 128)) }

// fitsMemory estimates whether a document can be decoded within its memory. It prices
// every object and null as the largest struct, so that it never says yes wrongly.
func (p prices) fitsMemory(document []byte) bool {
	limit := memoryFor(document)
	if size := int64(len(document)); size/3*p.object+size/2*p.item <= limit {
		return true
	}
	count := func(text string) int64 { return int64(bytes.Count(document, []byte(text))) }
	rest := limit - count("{")*p.object - count(",")*p.item
	return count("u")*p.object <= rest || count("null")*p.object <= rest // one byte is counted ten times as fast
}

// cost is what a value takes of the memory when it is decoded into v: nothing if v is a
// field of parent.
func cost(parent, v reflect.Value, kind jsontext.Kind) (size int64) {
	if v.Kind() == reflect.Map && kind == '{' {
		size = mapSize(v.Type())
	}
	switch parent.Kind() {
	case reflect.Struct:
		if begin, at := parent.UnsafeAddr(), v.UnsafeAddr(); begin <= at && at < begin+parent.Type().Size() {
			return size
		}
		if f := shapeOf(parent.Type()).fields(); f.unknown >= 0 && parent.Field(f.unknown).Len() == 0 {
			size += mapSize(parent.Field(f.unknown).Type())
		}
		return size + sizeOf(v.Type()) + entrySize // behind a pointer, or an unknown member
	case reflect.Map:
		return size + sizeOf(v.Type()) + entrySize
	default:
		return size + sizeOf(v.Type())
	}
}

// lookAhead is how much of a list's first item is looked at.
const lookAhead = 16 << 10

// makeRoom gives a list about the capacity that it needs and a quarter more, after the
// size of its first item in a document that holds the list and little else. Growing it
// step by step would cost several times its memory. It never takes more than the
// document's own size, whatever the first item is.
func makeRoom(document []byte, v reflect.Value) {
	if v.Kind() != reflect.Slice || v.Type().Elem().Size() == 0 {
		return
	}
	items := document[bytes.IndexByte(document, '[')+1:]
	first := jsontext.NewDecoder(bytes.NewBuffer(items[:min(len(items), lookAhead)]), plain)
	length := lookAhead
	if first.SkipValue() == nil {
		length = int(first.InputOffset())
	}
	n := len(items)/length + 1
	n = min(n+n/4, len(document)/int(v.Type().Elem().Size()))
	v.Set(reflect.MakeSlice(v.Type(), 0, n))
}
