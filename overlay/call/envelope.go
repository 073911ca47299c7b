package call

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"strings"
)

// dataMember is the member that holds the result in an enveloped answer.
const dataMember = "data"

// resultsMember holds the items of a page in Django REST framework.
const resultsMember = "results"

var (
	errNoData   = errors.New(`JSON of another shape: an object without "data"`)
	errNull     = errors.New("JSON of another shape: null where an object is promised")
	errNoMember = errors.New("JSON of another shape: an object without any of the members promised")
)

// decodeData reads an answer whose result is promised in "data". An answer
// without an envelope is the result itself. Unpromised marks an answer of Do,
// where nobody knows whether there is an envelope.
func decodeData(body []byte, result any, unpromised bool) error {
	if firstByte(body) != '{' {
		return decodeBare(body, result)
	}
	s := shapeOf(reflect.TypeOf(result))
	if unpromised && s.knows(dataMember) {
		return decodeObject(body, result, s)
	}
	e, err := decodeEnveloped(body, result)
	switch {
	case e.found && err == nil:
		return checkNull(e.null, result)
	case e.found:
		return err
	case isEmptyObject(body) && !unpromised:
		return errNoData
	case err != nil:
		return err
	default:
		return decodeObject(body, result, s)
	}
}

// decodeBody reads an answer that is promised whole. An envelope around it is
// taken off where nothing else fits.
func decodeBody(body []byte, result any) error {
	if firstByte(body) != '{' {
		return decodeBare(body, result)
	}
	s := shapeOf(reflect.TypeOf(result))
	if s != nil && s.required && isEmptyObject(body) {
		return errNoMember
	}
	return decodeObject(body, result, s)
}

// decodeBare reads a list, a scalar or null. A list is also taken for the items of
// a result that is a page: a server that does not page a list sends it bare.
func decodeBare(body []byte, result any) error {
	if s := shapeOf(reflect.TypeOf(result)); firstByte(body) == '[' && (s.knows(dataMember) || s.knows(resultsMember)) {
		items := s.find([]byte(dataMember))
		if items == nil {
			items = s.find([]byte(resultsMember))
		}
		if list := items.of(reflect.ValueOf(result).Elem(), true); list.CanSet() {
			return decode(body, list.Addr().Interface())
		}
	}
	if err := decode(body, result); err != nil {
		return err
	}
	return checkNull(firstByte(body) == 'n', result)
}

// decodeObject reads an object that is the result itself, and makes sure that it
// is one: a struct of which no member came would be a zero value with no error.
func decodeObject(body []byte, result any, s *fields) error {
	if s == nil {
		if !holdsObject(reflect.TypeOf(result).Elem()) {
			return decodeOnlyData(body, result)
		}
		return decode(body, result)
	}
	if s.knows(firstMember(body)) || isEmptyObject(body) {
		return decode(body, result)
	}
	known, total, enveloped := false, 0, false
	err := members(body, func(name string, value []byte) bool {
		total++
		known = s.knows(name)
		enveloped = strings.EqualFold(name, dataMember) && (value[0] == '{' || value[0] == '[')
		return !known
	})
	switch {
	case err != nil:
		return err
	case known:
		return decode(body, result)
	case enveloped && total == 1:
		return decodeOnlyData(body, result)
	case s.rest != nil && !s.required: // nothing is promised, and nothing is lost
		return decode(body, result)
	default:
		return errNoMember
	}
}

func decodeOnlyData(body []byte, result any) error {
	e, err := decodeEnveloped(body, result)
	if err == nil && !e.found {
		return errNoData
	}
	return err
}

// checkNull says what null stands for: an empty list or map, a scalar that is not
// set, or what a type that decodes itself takes it for. A null in the place of an
// object is not the object promised.
func checkNull(null bool, result any) error {
	if t := reflect.TypeOf(result).Elem(); null && t.Kind() == reflect.Struct && !decodesItself(t) {
		return errNull
	}
	return nil
}

// holdsObject tells whether a type other than a plain struct can hold an object.
func holdsObject(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Interface:
		return true
	case reflect.Pointer:
		return holdsObject(t.Elem())
	default:
		return decodesItself(t)
	}
}

func firstByte(body []byte) byte {
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 {
		return 0
	}
	return body[0]
}

func isEmptyObject(body []byte) bool {
	inner, opened := bytes.CutPrefix(bytes.TrimSpace(body), []byte{'{'})
	inner, closed := bytes.CutSuffix(inner, []byte{'}'})
	return opened && closed && len(bytes.TrimSpace(inner)) == 0
}

// firstMember gives the name of an object's first member where that takes no
// decoding, which spares nearly every answer a second pass.
func firstMember(body []byte) string {
	body = bytes.TrimLeft(bytes.TrimLeft(body, " \t\r\n")[1:], " \t\r\n")
	if len(body) == 0 || body[0] != '"' {
		return ""
	}
	name, _, _ := bytes.Cut(body[1:], []byte{'"'})
	return string(name)
}

// explain finds what an error answer says: the member "message", else "data" if
// it is a string, else "detail" as Django REST framework calls it; and the
// member "data", else the whole.
func explain(body []byte) (message string, data stdjson.RawMessage) {
	if !isJSON(body) {
		return "", nil
	}
	var detail, dataText string
	whole := bytes.TrimSpace(body)
	part := whole
	if whole[0] == '{' {
		_ = members(whole, func(name string, value []byte) bool {
			switch strings.ToLower(name) {
			case "message":
				message = unquote(value)
			case "detail":
				detail = unquote(value)
			case dataMember:
				part, dataText = value, unquote(value)
			}
			return true
		})
	} else {
		dataText = unquote(whole)
	}
	for _, text := range []string{dataText, detail} {
		if message == "" {
			message = text
		}
	}
	if len(part) <= maxErrorData {
		data = bytes.Clone(part)
	}
	return message, data
}
