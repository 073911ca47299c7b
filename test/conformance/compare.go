package main

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/oapi-codegen/nullable"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// difference returns the first difference between a response and the method's result,
// encoded again, "" for none. Both are JSON trees with numbers as json.Number. It ignores
// that
//
//   - unknownMember is absent in the result;
//   - a member is absent on one side and zero on the other: false, 0, "", an empty list or
//     object, or an object of only those;
//   - a member is null in the response and zero in the result, or a list null in one and
//     empty in the other;
//   - a number is quoted in the response.
func difference(at string, response, result any) string {
	switch response := response.(type) {
	case map[string]any:
		if object, ok := result.(map[string]any); ok {
			return objectDifference(at, response, object)
		}
	case []any:
		if list, ok := asList(result); ok {
			return listDifference(at, response, list)
		}
	case nil:
		if list, ok := asList(result); ok && len(list) == 0 {
			return ""
		}
	case string:
		if _, isNumber := result.(stdjson.Number); result == response || isNumber && canonical(stdjson.Number(response)) == canonical(result) {
			return ""
		}
	default: // a number or a boolean
		if canonical(response) == canonical(result) {
			return ""
		}
	}
	return fmt.Sprintf("%s: is %s in the response and %s in the result", at, short(response), short(result))
}

func objectDifference(at string, response, result map[string]any) string {
	names := maps.Clone(response)
	maps.Copy(names, result)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		sent, inResponse := response[name]
		decoded, inResult := result[name]
		found := ""
		switch {
		case sent == nil && isZero(decoded), !inResult && (name == unknownMember || isZero(sent)):
		case !inResponse:
			found = fmt.Sprintf("%s.%s: is absent in the response and %s in the result", at, name, short(decoded))
		case !inResult:
			found = fmt.Sprintf("%s.%s: is %s in the response and absent in the result", at, name, short(sent))
		default:
			found = difference(at+"."+name, sent, decoded)
		}
		if found != "" {
			return found
		}
	}
	return ""
}

func listDifference(at string, response, result []any) string {
	if len(response) != len(result) {
		return fmt.Sprintf("%s: has %d items in the response and %d in the result", at, len(response), len(result))
	}
	for i := range response {
		if found := difference(fmt.Sprintf("%s[%d]", at, i), response[i], result[i]); found != "" {
			return found
		}
	}
	return ""
}

// asList returns a list; null is an empty one.
func asList(value any) ([]any, bool) {
	list, ok := value.([]any)
	return list, ok || value == nil
}

func isZero(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name != unknownMember && !isZero(member) {
				return false
			}
		}
		return true
	case []any:
		return len(value) == 0
	case stdjson.Number:
		return canonical(value) == stdjson.Number("0")
	default:
		return value == nil || value == "" || value == false
	}
}

// canonical returns a JSON tree whose numbers have one form: 1e3 is 1000.
func canonical(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range value {
			object[name] = canonical(member)
		}
		return object
	case []any:
		list := []any{}
		for _, item := range value {
			list = append(list, canonical(item))
		}
		return list
	case stdjson.Number:
		if exact, ok := new(big.Rat).SetString(string(value)); ok {
			return stdjson.Number(exact.RatString())
		}
	}
	return value
}

// short returns a value as JSON that fits on one line.
func short(value any) string {
	text, err := stdjson.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(text) > 120 {
		return strings.ToValidUTF8(string(text[:120]), "") + "…"
	}
	return string(text)
}

// revealer is a generated secret, which redacts itself as JSON; rawRevealer is one of any
// shape.
type (
	revealer    = interface{ Reveal() string }
	rawRevealer = interface{ Reveal() stdjson.RawMessage }
)

// revealed encodes like overlay/call: secrets in clear, and json.Number by its digits.
var revealed = json.WithMarshalers(json.JoinMarshalers(
	json.MarshalToFunc(func(enc *jsontext.Encoder, secret revealer) error {
		return enc.WriteToken(jsontext.String(secret.Reveal()))
	}),
	json.MarshalToFunc(func(enc *jsontext.Encoder, secret rawRevealer) error {
		return json.MarshalEncode(enc, secret.Reveal())
	}),
	json.MarshalToFunc(func(enc *jsontext.Encoder, number stdjson.Number) error {
		return enc.WriteValue(jsontext.Value(number))
	}),
))

// tree encodes a Go value and decodes it to a JSON tree.
func tree(value any) (any, error) {
	text, err := json.Marshal(value, revealed)
	if err != nil {
		return nil, fmt.Errorf("cannot be encoded: %w", err)
	}
	return parse(text)
}

// parse decodes one JSON value; numbers keep their literals.
func parse(text []byte) (any, error) {
	var value any
	if err := json.Unmarshal(text, &value, literalNumbers); err != nil {
		return nil, fmt.Errorf("is not JSON: %w", err)
	}
	return value, nil
}

// fill decodes a sample into a Go value, which must have every member.
func fill(target reflect.Value, sample any) error {
	text, err := stdjson.Marshal(sample)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target.Addr().Interface(), json.RejectUnknownMembers(true), literalNumbers)
}

// literalNumbers keeps the literals of numbers in values of any type. It also decodes the
// types that decode themselves without these options: nullable objects, and structs that
// keep unknown members.
var literalNumbers = json.WithUnmarshalers(json.JoinUnmarshalers(
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target api.Open) error {
		return json.UnmarshalDecode(dec, target.AsPlain())
	}),
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target *any) error {
		if dec.PeekKind() != '0' {
			return errors.ErrUnsupported
		}
		digits, err := dec.ReadValue()
		*target = stdjson.Number(string(digits))
		return err
	}),
	json.UnmarshalFromFunc(func(dec *jsontext.Decoder, target *nullable.Nullable[map[string]any]) error {
		if dec.PeekKind() == 'n' {
			target.SetNull()
			return dec.SkipValue()
		}
		var object map[string]any
		err := json.UnmarshalDecode(dec, &object)
		target.Set(object)
		return err
	}),
))
