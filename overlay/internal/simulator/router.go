package simulator

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// routes finds an operation by method and path, segment by segment: a literal
// goes before a parameter. A trailing slash is a segment of its own, the empty
// one.
type routes struct {
	literals  map[string]*routes // by the segment in lower case
	literal   string             // how the document writes the segment
	parameter *routes
	byMethod  map[string]*Operation
}

// add makes an operation known. The path is the template of the document.
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

// find returns the operation for the segments of an escaped path, and what stands
// in the place of its parameters. With fold the case of literals does not matter.
func (n *routes) find(method string, segments []string, fold bool) (*Operation, []string) {
	if len(segments) == 0 {
		return n.byMethod[method], nil
	}
	segment, rest := segments[0], segments[1:]
	if next := n.literals[strings.ToLower(segment)]; next != nil && (fold || next.literal == segment) {
		if operation, values := next.find(method, rest, fold); operation != nil {
			return operation, values
		}
	}
	if n.parameter != nil && segment != "" {
		if operation, values := n.parameter.find(method, rest, fold); operation != nil {
			return operation, append([]string{segment}, values...)
		}
	}
	return nil, nil
}

// at returns the node that the segments of an escaped path lead to, nil if no
// operation is there.
func (n *routes) at(segments []string) *routes {
	if len(segments) == 0 {
		if len(n.byMethod) == 0 {
			return nil
		}
		return n
	}
	segment, rest := segments[0], segments[1:]
	if next := n.literals[strings.ToLower(segment)]; next != nil && next.literal == segment {
		if found := next.at(rest); found != nil {
			return found
		}
	}
	if n.parameter != nil && segment != "" {
		return n.parameter.at(rest)
	}
	return nil
}

// At returns the operations at an escaped path, base path included, by their
// method; none if no operation is there.
func (d *Document) At(path string) map[string]*Operation {
	below, ok := strings.CutPrefix(path, d.base+"/")
	if !ok {
		return nil
	}
	node := d.routes.at(strings.Split(below, "/"))
	if node == nil {
		return nil
	}
	return maps.Clone(node.byMethod)
}

// match finds the operation that a request is for, below a base path, and the
// values of its path parameters as they were before they were escaped; nil if
// there is none.
func (n *routes) match(r *http.Request, base string, fold bool) (*Operation, map[string]string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), base+"/")
	if !ok {
		return nil, nil
	}
	operation, escaped := n.find(r.Method, strings.Split(path, "/"), fold)
	if operation == nil {
		return nil, nil
	}
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
