package call

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// queryOf writes a generated params struct as a query, parameters in the order
// of its fields. What is nil or empty is not sent: servers refuse what they do
// not know, and an empty list has no agreed form in a query.
func queryOf(op *api.Operation, params any) (string, error) {
	v := reflect.ValueOf(params)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "", nil
	}
	if v.Kind() != reflect.Struct {
		return "", fmt.Errorf("query parameters of type %T: want a struct", params)
	}
	var pairs []string
	for i := range v.NumField() {
		name, optional := parameterTag(v.Type().Field(i))
		field := v.Field(i)
		if name == "" || isUnset(field, optional) {
			continue
		}
		pair, err := styleQuery(parameterOf(op, "query", name), field)
		if err != nil {
			return "", fmt.Errorf("query parameter %q: %w", name, err)
		}
		if pair != "" {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "&"), nil
}

// parameterTag gives the parameter that a field stands for, "" if none. The
// generator leaves out the form tag for deepObject parameters.
func parameterTag(f reflect.StructField) (name string, optional bool) {
	tag := f.Tag.Get("form")
	if tag == "" {
		tag = f.Tag.Get("json")
	}
	name, rest, _ := strings.Cut(tag, ",")
	if name == "-" || !f.IsExported() {
		return "", false
	}
	return name, strings.Contains(rest, "omit")
}

func isUnset(v reflect.Value, optional bool) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || isUnset(v.Elem(), false)
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return optional && v.IsZero()
	}
}

func styleQuery(p api.Parameter, v reflect.Value) (string, error) {
	style := p.Style
	if style == "" {
		style = "form"
	}
	return styleValue(style, p.Explode, p.Name, pointee(v))
}

// parameterOf finds the descriptor of a parameter; without one it has OpenAPI's defaults.
func parameterOf(op *api.Operation, in, name string) api.Parameter {
	for p := range op.Parameters() {
		if p.In == in && p.Name == name {
			return p
		}
	}
	return api.Parameter{Name: name, In: in, Explode: in == "query"}
}
