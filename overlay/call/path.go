package call

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

// location is where a request goes, below the client's base address.
type location struct {
	path    string // decoded, as net/url.URL.Path
	escaped string // as sent, as net/url.URL.RawPath
	query   string
}

// fill puts the values, in the template's order, into an operation's path.
func fill(op *api.Operation, values []any) (location, error) {
	var path, escaped strings.Builder
	rest, used := op.Path(), 0
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
		if p := parameterOf(op, "path", name); p.Style != "" && p.Style != "simple" {
			return location{}, fmt.Errorf("path parameter %q: the style %q is not one that can be written", name, p.Style)
		}
		path.WriteString(value)
		escaped.WriteString(url.PathEscape(value))
		rest, used = tail, used+1
	}
	if used != len(values) {
		return location{}, fmt.Errorf("%d path values given for the %d parameters of %s", len(values), used, op.Path())
	}
	return location{path: path.String(), escaped: escaped.String()}, nil
}

// fits tells whether a path is one of a template, whatever slashes are around it.
func fits(template, path string) bool {
	template, path = strings.Trim(template, "/"), strings.Trim(path, "/")
	for more := true; more; {
		var wanted, given string
		var also bool
		wanted, template, more = strings.Cut(template, "/")
		given, path, also = strings.Cut(path, "/")
		if more != also || wanted != given && !strings.HasPrefix(wanted, "{") {
			return false
		}
	}
	return true
}

// segment gives the text of a path value and refuses what would address
// something else: servers and proxies resolve "", "." and ".." to a parent or a
// list, some of them even behind an escaped slash.
func segment(value any) (string, error) {
	text, err := scalarText(reflect.ValueOf(value))
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
