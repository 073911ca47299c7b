// Package document holds the tree of an OpenAPI 3.0 document: its JSON, the grammar of
// OpenAPI, a walk over it, operations, references, and the Go names that are made of its
// names. It knows no product and no repair.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Object is a JSON object of a document. Objects inside it are of this type too, lists are
// []any, and numbers are json.Number, so that 18446744073709551615 keeps its digits.
type Object map[string]any

// maxDepth bounds the levels of nesting; WEKA's document has 31.
const maxDepth = 200

// Decode reads a JSON document whose top is an object. Duplicate members, invalid UTF-8, text
// after the document and more than 200 levels are errors, with the position of the byte.
func Decode(data []byte) (Object, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("not JSON: the document is empty")
	}
	var value any
	if err := jsonv2.Unmarshal(data, &value, typed); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	object, ok := value.(Object)
	if !ok {
		return nil, errors.New("the document is not a JSON object")
	}
	return object, nil
}

// typed makes an Object of each object, and a json.Number of each number.
var typed = jsonv2.WithUnmarshalers(jsonv2.UnmarshalFromFunc(func(decoder *jsontext.Decoder, value *any) error {
	if decoder.StackDepth() > maxDepth {
		return fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	switch decoder.PeekKind() {
	case '{':
		object := Object{}
		*value = object
		return jsonv2.UnmarshalDecode(decoder, &object)
	case '[':
		list := []any{}
		err := jsonv2.UnmarshalDecode(decoder, &list)
		*value = list
		return err
	}
	text, err := decoder.ReadValue()
	if err != nil || text.Kind() == '0' {
		*value = json.Number(text)
		return err
	}
	return json.Unmarshal(text, value)
}))

// Encode writes a document canonically: members sorted by name, indented by one space a
// level, no unnecessary escapes, a final newline. Equal documents have equal texts.
func Encode(document Object) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return buffer.Bytes(), nil
}

// Object returns the object at a path of member names, or nil if there is none.
func (o Object) Object(path ...string) Object { return AsObject(o.at(path)) }

// List returns the list at a path of member names, or nil if there is none.
func (o Object) List(path ...string) []any {
	list, _ := o.at(path).([]any)
	return list
}

// Text returns the string at a path of member names, or "" if there is none.
func (o Object) Text(path ...string) string { return AsText(o.at(path)) }

func (o Object) at(path []string) any {
	var value any = o
	for _, name := range path {
		value = AsObject(value)[name]
	}
	return value
}

// Keys returns the names of the members, sorted.
func (o Object) Keys() []string { return slices.Sorted(maps.Keys(o)) }

// Requires reports whether a schema lists a member as required.
func (o Object) Requires(member string) bool {
	return slices.Contains(o.List("required"), any(member))
}

// SchemaRef returns the name of the component schema that an object refers to.
func (o Object) SchemaRef() (name string, ok bool) {
	return strings.CutPrefix(o.Text("$ref"), SchemaPrefix)
}

// AsObject returns a value as an object, or nil if it is something else.
func AsObject(value any) Object {
	o, _ := value.(Object)
	return o
}

// AsText returns a value as a string, or "" if it is something else.
func AsText(value any) string {
	s, _ := value.(string)
	return s
}

// Clone returns a deep copy of a value of a document.
func Clone(value any) any {
	switch v := value.(type) {
	case Object:
		out := make(Object, len(v))
		for key, member := range v {
			out[key] = Clone(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Clone(item)
		}
		return out
	default:
		return value
	}
}
