package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// difference says where a result, encoded again, is not the answer that it came
// from; "" if nowhere. It walks the two as JSON, with numbers as json.Number, and
// lets these four pass:
//
//   - a member that no document has (unknownMember) is dropped;
//   - what is absent on one side is zero on the other: false, 0, "", an empty list
//     or object, or an object of nothing but those;
//   - a null member is a zero one, and a null list an empty list;
//   - a number that the answer quotes is a number in the result.
func difference(at string, answer, result any) string {
	switch answer := answer.(type) {
	case map[string]any:
		if object, ok := result.(map[string]any); ok {
			return objectDifference(at, answer, object)
		}
	case []any:
		if list, ok := asList(result); ok {
			return listDifference(at, answer, list)
		}
	case nil:
		if list, ok := asList(result); ok && len(list) == 0 {
			return ""
		}
	case json.Number:
		if number, ok := result.(json.Number); ok && sameNumber(answer, number) {
			return ""
		}
	case string:
		if number, ok := result.(json.Number); ok && sameNumber(json.Number(answer), number) || result == answer {
			return ""
		}
	case bool:
		if result == answer {
			return ""
		}
	}
	return fmt.Sprintf("%s: answered %s, came out as %s", at, show(answer), show(result))
}

func objectDifference(at string, answer, result map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(answer)) {
		came, ok := result[name]
		switch {
		case name == unknownMember && !ok, answer[name] == nil && isZero(came):
		case ok:
			if found := difference(at+"."+name, answer[name], came); found != "" {
				return found
			}
		case !isZero(answer[name]):
			return fmt.Sprintf("%s.%s: answered %s, did not come out", at, name, show(answer[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(result)) {
		if _, ok := answer[name]; !ok && !isZero(result[name]) {
			return fmt.Sprintf("%s.%s: not answered, came out as %s", at, name, show(result[name]))
		}
	}
	return ""
}

func listDifference(at string, answer, result []any) string {
	if len(answer) != len(result) {
		return fmt.Sprintf("%s: answered %d items, came out as %d", at, len(answer), len(result))
	}
	for i := range answer {
		if found := difference(fmt.Sprintf("%s[%d]", at, i), answer[i], result[i]); found != "" {
			return found
		}
	}
	return ""
}

// asList takes null for an empty list.
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
	case json.Number:
		return sameNumber(value, "0")
	default:
		return value == nil || value == "" || value == false
	}
}

// sameNumber compares by value, exactly; a text that is no number is like nothing.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, ok := rational(a)
	y, alsoOK := rational(b)
	return ok && alsoOK && x.Cmp(y) == 0
}

func rational(number json.Number) (*big.Rat, bool) {
	return new(big.Rat).SetString(string(number))
}

// show is a value short enough for one line.
func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	if len(text) > 120 {
		return strings.ToValidUTF8(string(text[:120]), "") + "…"
	}
	return string(text)
}
