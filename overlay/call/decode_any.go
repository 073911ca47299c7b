package call

import (
	stdjson "encoding/json"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// any reads a value of any kind. A number stays as its digits: float64 would lose some.
func (r *reader) any() (any, error) {
	switch r.PeekKind() {
	case '{':
		all := map[string]any{}
		return all, r.object(func(name []byte) error {
			key := string(name)
			value, err := r.any()
			all[key] = value
			return err
		})
	case '[':
		all := []any{}
		err := r.list(func() error {
			item, err := r.any()
			all = append(all, item)
			return err
		})
		return all, err
	}
	value, err := r.ReadValue()
	if err != nil {
		return nil, err
	}
	switch value.Kind() {
	case '"':
		return r.texts.of(value), nil
	case '0':
		return stdjson.Number(value), nil
	case 'n':
		return nil, nil //nolint:nilnil // that is what null is
	default:
		return value.Kind() == 't', nil
	}
}

// name reads the name of a member. It is the document's own memory.
func (r *reader) name() ([]byte, error) {
	value, err := r.ReadValue()
	if err != nil {
		return nil, err
	}
	if isPlain(value) {
		return value[1 : len(value)-1], nil
	}
	return unescape(value), nil
}

// isPlain tells whether a JSON string stands for the bytes between its quotes.
func isPlain(value []byte) bool {
	for _, c := range value {
		if c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unescape gives what a JSON string stands for.
func unescape(value []byte) []byte {
	text, _ := jsontext.AppendUnquote(nil, value) // what is not UTF-8 it replaces
	return text
}

// texts keeps the strings that a document repeats, such as states and names of
// fields, so that each is made once.
type texts [256]string

// longestKept is the length up to which a string is likely to come again.
const longestKept = 32

func (t *texts) of(value []byte) string {
	if !isPlain(value) {
		return string(unescape(value))
	}
	inner := value[1 : len(value)-1]
	if len(inner) == 0 || len(inner) > longestKept {
		return string(inner)
	}
	place := &t[hash(inner)]
	if *place != string(inner) {
		*place = string(inner)
	}
	return *place
}

// hash is FNV-1a, down to a byte.
func hash(text []byte) byte {
	h := uint32(2166136261)
	for _, c := range text {
		h = (h ^ uint32(c)) * 16777619
	}
	return byte((h ^ h>>8 ^ h>>16 ^ h>>24) & 0xff)
}
