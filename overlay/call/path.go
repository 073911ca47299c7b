package call

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/oapi-codegen/runtime"
)

// location is where a request goes, below the client's base address.
type location struct {
	path    string // decoded, as net/url.URL.Path
	escaped string // as sent, as net/url.URL.RawPath
	query   string
}

// fill puts the values, in the template's order, into an operation's path.
func fill(op *Operation, values []any) (location, error) {
	var path, escaped strings.Builder
	rest, used := op.Path, 0
	for {
		before, after, found := strings.Cut(rest, "{")
		path.WriteString(before)
		escaped.WriteString(before)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, "}")
		if used == len(values) {
			return location{}, fmt.Errorf("path parameter %q: no value given", name)
		}
		value, err := segment(values[used])
		if err != nil {
			return location{}, fmt.Errorf("path parameter %q: %w", name, err)
		}
		styled, err := stylePath(op.parameter("path", name), name, value)
		if err != nil {
			return location{}, fmt.Errorf("path parameter %q: %w", name, err)
		}
		path.WriteString(unescaped(styled))
		escaped.WriteString(styled)
		rest, used = tail, used+1
	}
	if used != len(values) {
		return location{}, fmt.Errorf("%d path values given for the %d parameters of %s", len(values), used, op.Path)
	}
	return location{path: path.String(), escaped: escaped.String()}, nil
}

// stylePath writes a value as the document styles it; nearly always that is
// OpenAPI's default, the value itself.
func stylePath(p *Parameter, name, value string) (string, error) {
	style, explode := "simple", false
	if p != nil && p.Style != "" {
		style, explode = p.Style, p.Explode
	}
	return runtime.StyleParamWithOptions(style, explode, name, value,
		runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationPath})
}

func unescaped(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}

// segment gives the text of a path value and refuses what would address
// something else: servers and proxies resolve "", "." and ".." to a parent or a
// list, some of them even behind an escaped slash.
func segment(value any) (string, error) {
	text, err := scalar(value)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", errors.New("must not be empty")
	}
	if climbs(text) {
		return "", errors.New(`must not be or contain the path segments "." and ".."`)
	}
	return text, nil
}

func climbs(path string) bool {
	for s := range strings.SplitSeq(path, "/") {
		if s == "." || s == ".." {
			return true
		}
	}
	return false
}

// scalar gives the text of a string, secret, boolean or number, or of a pointer to one.
func scalar(value any) (string, error) {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if text, ok := revealed(v); ok {
		return text, nil
	}
	switch v.Kind() {
	case reflect.String: // named ones too, such as an enumeration
		return v.String(), nil
	case reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return runtime.StyleParamWithOptions("simple", false, "", v.Interface(), runtime.StyleParamOptions{})
	default:
		return "", fmt.Errorf("a value of type %T cannot be written in a path", value)
	}
}

// revealed gives the text of a secret, which redacts itself wherever else it is written.
func revealed(v reflect.Value) (text string, ok bool) {
	if !v.IsValid() || v.Kind() == reflect.Pointer {
		return "", false
	}
	secret, ok := v.Interface().(revealer)
	if !ok {
		return "", false
	}
	return secret.Reveal(), true
}

// relative checks a path given to Do: it stays below the base address.
func relative(path string) (location, error) {
	if strings.HasPrefix(path, "//") {
		return location{}, errors.New("path names another host")
	}
	if !strings.HasPrefix(path, "/") {
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ":") {
			return location{}, errors.New("path has a scheme; begin it with a slash if the colon is part of a name")
		}
		path = "/" + path
	}
	u, err := url.Parse(path)
	if err != nil {
		return location{}, errors.New("path is not a valid URL path and query")
	}
	if u.Fragment != "" {
		return location{}, errors.New("path has a fragment; write # as %23")
	}
	if climbs(u.Path) {
		return location{}, errors.New(`path must not contain the segments "." and ".."`)
	}
	return location{
		path:    u.Path,
		escaped: u.EscapedPath(),
		query:   strings.ReplaceAll(u.RawQuery, " ", "%20"),
	}, nil
}
