package call

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// This is what parameters of these APIs need of OpenAPI's styles. The generator's own
// runtime package has all of them; it costs a program a tenth of its compile time and
// three packages, for objects in paths and for headers that no operation takes.

var errNoValue = errors.New("a nil value cannot be written in an address")

// styleValue writes a query parameter in its style, escaped.
func styleValue(style string, explode bool, name string, v reflect.Value) (string, error) {
	name = url.QueryEscape(name)
	if style == "deepObject" {
		pairs, err := deepPairs(nil, name, v)
		return strings.Join(pairs, "&"), err
	}
	separator, known := separators[style]
	if !known {
		return "", fmt.Errorf("the style %q is not one that can be written", style)
	}
	if explode {
		separator = "&" + name + "="
	}
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		text, err := scalarText(v)
		return name + "=" + url.QueryEscape(text), err
	}
	parts := make([]string, v.Len())
	for i := range parts {
		text, err := scalarText(v.Index(i))
		if err != nil {
			return "", err
		}
		parts[i] = url.QueryEscape(text)
	}
	return name + "=" + strings.Join(parts, separator), nil
}

// separators stand between the items of a list that is not exploded.
var separators = map[string]string{"form": ",", "pipeDelimited": "|", "spaceDelimited": "%20"}

// deepPairs writes name[member]=value for what a map holds, in the order of its
// members, and name[0]=value for a list.
func deepPairs(pairs []string, name string, v reflect.Value) ([]string, error) {
	v = pointee(v)
	var err error
	switch {
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		members := map[string]reflect.Value{}
		for each := v.MapRange(); each.Next(); {
			members[each.Key().String()] = each.Value()
		}
		for _, member := range slices.Sorted(maps.Keys(members)) {
			if pairs, err = deepPairs(pairs, name+"["+url.QueryEscape(member)+"]", members[member]); err != nil {
				return nil, err
			}
		}
		return pairs, nil
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if pairs, err = deepPairs(pairs, name+"["+strconv.Itoa(i)+"]", v.Index(i)); err != nil {
				return nil, err
			}
		}
		return pairs, nil
	default:
		text, err := scalarText(v)
		return append(pairs, name+"="+url.QueryEscape(text)), err
	}
}

// scalarText gives the text of a string, secret, boolean or number, of what writes itself as
// text, such as a time, or of a pointer to one.
func scalarText(v reflect.Value) (string, error) {
	v = pointee(v)
	if text, ok := revealed(v); ok {
		return text, nil
	}
	if v.IsValid() && v.CanInterface() {
		if t, ok := v.Interface().(encoding.TextMarshaler); ok {
			text, err := t.MarshalText()
			return string(text), err
		}
	}
	switch {
	case v.Kind() == reflect.String: // named ones too, such as an enumeration
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	case v.CanFloat(): // without an exponent, which servers do not expect
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Type().Bits()), nil
	case !v.IsValid():
		return "", errNoValue
	default:
		return "", fmt.Errorf("a value of type %v cannot be written in an address", v.Type())
	}
}

// pointee is what pointers and interfaces lead to, which may be nothing.
func pointee(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}
