package call

import (
	"cmp"
	"context"
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/oapi-codegen/runtime"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// location is where a request goes, below the client's base address, as it is sent.
type location struct{ path, query string }

var (
	errNoValue = errors.New("a nil value cannot be written in an address")
	errNotUTF8 = errors.New("is not UTF-8")
)

// locate puts the path values, in the template's order, into an operation's path, and
// writes the query.
func locate(op *api.Operation, values []any, params api.Params) (location, error) {
	var path strings.Builder
	path.Grow(len(op.Path()) + 64)
	rest, used := op.Path(), 0
	for {
		before, after, found := strings.Cut(rest, "{")
		path.WriteString(before)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, "}")
		if used == len(values) {
			return location{}, fmt.Errorf("path parameter %q: no value given", name)
		}
		value, err := segment(pathParameter(op, name), values[used])
		if err != nil {
			return location{}, fmt.Errorf("path parameter %q: %w", name, err)
		}
		path.WriteString(value)
		rest, used = tail, used+1
	}
	if used != len(values) {
		return location{}, fmt.Errorf("%d path values given for the %d parameters of %s", len(values), used, op.Path())
	}
	query, err := queryOf(op, params)
	return location{path.String(), query}, err
}

// pathParameter returns the descriptor of a path parameter.
func pathParameter(op *api.Operation, name string) api.Parameter {
	for p := range op.Parameters() {
		if p.In == "path" && p.Name == name {
			return p
		}
	}
	return api.Parameter{Name: name, In: "path"}
}

// segment returns a path value as it is sent. It refuses what would address something
// else: servers and proxies resolve "", "." and ".." to a parent or a list, some of them
// even behind an escaped slash.
func segment(p api.Parameter, value any) (string, error) {
	plain, err := inClear(reflect.ValueOf(value))
	if err != nil {
		return "", err
	}
	text, err := runtime.StyleParamWithOptions("simple", false, p.Name, plain, runtime.StyleParamOptions{Format: "byte"})
	switch kind := reflect.TypeOf(plain); {
	case kind.Kind() == reflect.Map, kind.Kind() == reflect.Slice && kind.Elem().Kind() != reflect.Uint8:
		return "", fmt.Errorf("a value of type %T cannot be written in a path", value)
	case err != nil:
		return "", err
	case text == "":
		return "", errors.New("must not be empty")
	case climbs(text):
		return "", errors.New(`must not be or contain the path segments "." and ".."`)
	}
	return styled(p, text)
}

func climbs(path string) bool {
	for s := range strings.SplitSeq(path, "/") {
		if s == "." || s == ".." {
			return true
		}
	}
	return false
}

// queryOf writes the query parameters in the order of the document. What is nil or empty
// is not sent: servers refuse what they do not know, and an empty list has no agreed form
// in a query.
func queryOf(op *api.Operation, params api.Params) (string, error) {
	if params == nil {
		return "", nil
	}
	values := params.QueryValues()
	if len(values) == 0 {
		return "", nil
	}
	var pairs []string
	used := 0
	for p := range op.Parameters() {
		if p.In != "query" {
			continue
		}
		if used++; used > len(values) || isUnset(reflect.ValueOf(values[used-1]), !p.Required) {
			continue
		}
		pair, err := styled(p, values[used-1])
		if err != nil {
			return "", fmt.Errorf("query parameter %q: %w", p.Name, err)
		}
		pairs = append(pairs, pair)
	}
	if used != len(values) {
		return "", fmt.Errorf("%T has %d query values for the %d parameters of %s", params, len(values), used, op.ID())
	}
	return strings.Join(pairs, "&"), nil
}

func isUnset(v reflect.Value, optional bool) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || isUnset(v.Elem(), false)
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return optional && v.IsZero()
	}
}

// styles are those that can be written, with the place where OpenAPI has them. The
// library writes a blank for spaceDelimited, which no server could read.
var styles = map[string]string{"": "", "form": "query", "pipeDelimited": "query", "deepObject": "query", "json": "", "simple": "path", "label": "path", "matrix": "path"}

// styled writes a value in the style of its parameter, escaped.
func styled(p api.Parameter, value any) (string, error) {
	style, explode, at := p.Style, p.Explode || p.Style == "deepObject", runtime.ParamLocationQuery
	if in, known := styles[style]; !known || in != "" && in != p.In {
		return "", fmt.Errorf("the style %q cannot be written in a %s", style, p.In)
	}
	if style == "json" {
		return styledJSON(p, value)
	}
	if p.In == "path" {
		at = runtime.ParamLocationPath
	}
	if style == "" { // OpenAPI's default
		style = map[string]string{"path": "simple", "query": "form"}[p.In]
	}
	plain, err := inClear(reflect.ValueOf(value))
	if err != nil {
		return "", err
	}
	return runtime.StyleParamWithOptions(style, explode, p.Name, plain, runtime.StyleParamOptions{ParamLocation: at, Format: "byte"})
}

// styledJSON writes a value whose parameter is described by a media type: as JSON, escaped.
func styledJSON(p api.Parameter, value any) (string, error) {
	text, _, err := encode(value)
	if err != nil {
		return "", err
	}
	if p.In == "path" {
		return url.PathEscape(string(text)), nil
	}
	return url.QueryEscape(p.Name) + "=" + url.QueryEscape(string(text)), nil
}

// inClear returns a value as it is to be styled: what pointers lead to, with secrets as
// their text. It refuses what the library would panic at, or write as another value.
func inClear(v reflect.Value) (any, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil, errNoValue
	}
	if secret, ok := v.Interface().(api.Secret); ok {
		v = reflect.ValueOf(secret.Reveal())
	}
	_, isText := v.Interface().(encoding.TextMarshaler) // such as a time
	switch {
	case v.Kind() == reflect.String && !utf8.ValidString(v.String()):
		return nil, errNotUTF8
	case isText:
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		items := make([]any, v.Len())
		for i := range items {
			item, err := inClear(v.Index(i))
			if err != nil {
				return nil, fmt.Errorf("item %d: %w", i, err)
			}
			items[i] = item
		}
		return items, nil
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		members := make(map[string]any, v.Len())
		for each := v.MapRange(); each.Next(); {
			name := each.Key().String()
			member, err := inClear(each.Value())
			if err == nil && !utf8.ValidString(name) {
				err = errNotUTF8
			}
			if err != nil {
				return nil, fmt.Errorf("member %q: %w", name, err)
			}
			members[name] = member
		}
		return members, nil
	case v.Kind() == reflect.Struct || v.Kind() == reflect.Map:
		return nil, fmt.Errorf("a value of type %v cannot be written in an address", v.Type())
	}
	return v.Interface(), nil
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
	switch {
	case err != nil:
		return location{}, errors.New("path is not a valid URL path and query")
	case !utf8.ValidString(path):
		return location{}, errors.New("path is not UTF-8")
	case u.Fragment != "":
		return location{}, errors.New("path has a fragment; write # as %23")
	case climbs(u.Path):
		return location{}, errors.New(`path must not contain the segments "." and ".."`)
	}
	return location{u.EscapedPath(), strings.ReplaceAll(u.RawQuery, " ", "%20")}, nil
}

// fits reports whether a server may take a path for one of a template. Servers differ in
// when they decode a path and in whether they ignore its case and empty segments.
func fits(template, path string) bool {
	return fitsSegments(template, path) || fitsSegments(template, decoded(path))
}

func fitsSegments(template, path string) bool {
	wanted, given := segments(template), segments(path)
	return slices.EqualFunc(wanted, given, func(wanted, given string) bool {
		return strings.HasPrefix(wanted, "{") || strings.EqualFold(wanted, decoded(given))
	})
}

func segments(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// decoded undoes percent-encoding, also that of an encoded path.
func decoded(path string) string {
	for {
		plain, err := url.PathUnescape(path)
		if err != nil || plain == path {
			return path
		}
		path = plain
	}
}

// newRequest makes a request whose body can be sent again, with the state of its call, and
// lets the options change it.
func (c *Client) newRequest(ctx context.Context, op *api.Operation, to location, body any, options []api.CallOption) (*http.Request, *State, error) {
	if c.base.Host == "" {
		return nil, nil, errors.New("the client has no base address")
	}
	own := &stateContext{Context: ctx, state: State{operation: op, base: c.endpoint}}
	content, err := contentOf(op, body)
	if err != nil {
		return nil, nil, err
	}
	if secrets := content.secrets; len(secrets) > 0 {
		own.state.secrets = func() []string { return secrets }
	}
	req, err := http.NewRequestWithContext(own, op.Method(), "", content.reader)
	if err != nil {
		return nil, nil, err
	}
	req.URL = &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, RawPath: c.base.RawPath + to.path, RawQuery: to.query}
	if req.URL.Path, err = url.PathUnescape(req.URL.RawPath); err != nil {
		return nil, nil, err
	}
	if req.URL.Path == req.URL.RawPath {
		req.URL.RawPath = ""
	}
	req.Host = c.base.Host
	req.Header["Accept"] = []string{cmp.Or(op.Accepts(), mediaJSON)}
	if content.media != "" {
		req.Header["Content-Type"] = []string{content.media}
	}
	if c.userAgent != "" {
		req.Header["User-Agent"] = []string{c.userAgent}
	}
	for _, option := range options {
		if option == nil {
			continue
		}
		if option(req); req.URL == nil || req.Header == nil {
			return nil, nil, errors.New("a call option removed the request's URL or headers")
		}
	}
	_, own.state.own = req.Header["Authorization"]
	return own.state.attach(req), &own.state, own.state.invalid
}

func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}
