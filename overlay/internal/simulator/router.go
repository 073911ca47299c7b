package simulator

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// routes finds an operation by method and path, segment by segment; a literal takes
// precedence over a parameter. A trailing slash is an empty segment.
type routes struct {
	literals  map[string]*routes // by the segment in lower case
	literal   string             // the segment as in the document
	parameter *routes
	byMethod  map[string]*Operation
}

// add adds an operation at a path template.
func (n *routes) add(path string, operation *Operation) {
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		n = n.child(segment)
	}
	if n.byMethod == nil {
		n.byMethod = map[string]*Operation{}
	}
	n.byMethod[operation.Method] = operation
}

func (n *routes) child(segment string) *routes {
	if strings.HasPrefix(segment, "{") {
		if n.parameter == nil {
			n.parameter = &routes{}
		}
		return n.parameter
	}
	if n.literals == nil {
		n.literals = map[string]*routes{}
	}
	key := strings.ToLower(segment)
	if n.literals[key] == nil {
		n.literals[key] = &routes{literal: segment}
	}
	return n.literals[key]
}

// find returns the first node at the segments of an escaped path that is accepted, nil
// if there is none, and the values of its parameters. With fold the case of literals
// does not matter.
func (n *routes) find(segments []string, fold bool, accept func(*routes) bool) (*routes, []string) {
	if len(segments) == 0 {
		if accept(n) {
			return n, nil
		}
		return nil, nil
	}
	segment, rest := segments[0], segments[1:]
	if next := n.literals[strings.ToLower(segment)]; next != nil && (fold || next.literal == segment) {
		if found, values := next.find(rest, fold, accept); found != nil {
			return found, values
		}
	}
	if n.parameter != nil && segment != "" {
		if found, values := n.parameter.find(rest, fold, accept); found != nil {
			return found, append([]string{segment}, values...)
		}
	}
	return nil, nil
}

// At returns the operations at an escaped path, base path included, by method.
func (d *Document) At(path string) map[string]*Operation {
	path, ok := strings.CutPrefix(path, d.base+"/")
	if !ok {
		return nil
	}
	found, _ := d.routes.find(strings.Split(path, "/"), false, func(n *routes) bool { return len(n.byMethod) > 0 })
	if found == nil {
		return nil
	}
	return maps.Clone(found.byMethod)
}

// match returns the operation of a request whose path has this base, nil if there is
// none, and the unescaped values of its path parameters.
func (n *routes) match(r *http.Request, base string, fold bool) (*Operation, map[string]string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), base+"/")
	if !ok {
		return nil, nil
	}
	found, escaped := n.find(strings.Split(path, "/"), fold, func(n *routes) bool { return n.byMethod[r.Method] != nil })
	if found == nil {
		return nil, nil
	}
	operation := found.byMethod[r.Method]
	values := make(map[string]string, len(escaped))
	for i, name := range parametersIn(operation.Path) {
		plain, err := url.PathUnescape(escaped[i])
		if err != nil {
			return nil, nil
		}
		values[name] = plain
	}
	return operation, values
}

// parametersIn lists the names of the parameters of a path template.
func parametersIn(template string) []string {
	var all []string
	for part := range strings.SplitSeq(template, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			all = append(all, strings.TrimSuffix(name, "}"))
		}
	}
	return all
}
