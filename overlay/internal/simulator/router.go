package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// routes are operations by path. A literal segment takes precedence over a parameter,
// since "{" sorts after letters and digits.
type routes []*Operation

func newRoutes(operations []*Operation) routes {
	slices.SortFunc(operations, func(a, b *Operation) int { return strings.Compare(a.Path, b.Path) })
	for _, o := range operations {
		o.segments = strings.Split(strings.TrimPrefix(o.Path, "/"), "/")
	}
	return operations
}

// parameterName returns the name of a segment such as {uid}; false for a literal one.
func parameterName(segment string) (string, bool) {
	name, ok := strings.CutPrefix(segment, "{")
	return strings.TrimSuffix(name, "}"), ok
}

// isAt reports whether an operation is at the segments of an escaped path. A trailing
// slash is an empty segment, which no parameter matches. With fold the case of literals
// does not matter.
func (o *Operation) isAt(segments []string, fold bool) bool {
	return slices.EqualFunc(o.segments, segments, func(own, segment string) bool {
		if _, ok := parameterName(own); ok {
			return segment != ""
		}
		return own == segment || fold && strings.EqualFold(own, segment)
	})
}

// At returns the operations at an escaped path, base path included.
func (d *Document) At(path string) []*Operation {
	rest, ok := strings.CutPrefix(path, d.base+"/")
	if !ok {
		return nil
	}
	segments := strings.Split(rest, "/")
	first := slices.IndexFunc(d.routes, func(o *Operation) bool { return o.isAt(segments, false) })
	if first < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.routes), func(o *Operation) bool { return o.Path != d.routes[first].Path })
}

// match returns the operation of a request whose path has this base, nil if there is
// none, and the unescaped values of its path parameters.
func (all routes) match(r *http.Request, base string, fold bool) (*Operation, map[string]string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), base+"/")
	if !ok {
		return nil, nil
	}
	segments := strings.Split(path, "/")
	i := slices.IndexFunc(all, func(o *Operation) bool { return o.Method == r.Method && o.isAt(segments, fold) })
	if i < 0 {
		return nil, nil
	}
	values := map[string]string{}
	for at, own := range all[i].segments {
		if name, ok := parameterName(own); ok {
			plain, err := url.PathUnescape(segments[at])
			if err != nil {
				return nil, nil
			}
			values[name] = plain
		}
	}
	return all[i], values
}

// parametersIn lists the names of the parameters of a path template.
func parametersIn(template string) []string {
	var all []string
	for segment := range strings.SplitSeq(template, "/") {
		if name, ok := parameterName(segment); ok {
			all = append(all, name)
		}
	}
	return all
}
