package specs

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A location is the way from the root of a document to one of its nodes: keys of
// mappings and indices of sequences.
type location []string

func (l location) String() string { return "#/" + strings.Join(l, "/") }

var plainStep = regexp.MustCompile(`^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\['([^'\\]*)'\])`)

// plainSteps splits a JSONPath into the members that it names one by one and what
// follows. A filter that looks from the root stands against that: nothing is split.
func plainSteps(target string) (location, string) {
	rest, ok := strings.CutPrefix(target, "$")
	if !ok || strings.Contains(rest, "$") {
		return nil, rest
	}
	var steps location
	for {
		found := plainStep.FindStringSubmatch(rest)
		if found == nil {
			return steps, rest
		}
		steps = append(steps, cmp.Or(found[1], found[2]))
		rest = rest[len(found[0]):]
	}
}

// locate finds the ways to nodes, the last items of a sequence first, so that a
// removal does not move what is removed next.
func locate(root *yaml.Node, nodes []*yaml.Node) []location {
	wanted := map[*yaml.Node]bool{}
	for _, node := range nodes {
		wanted[node] = true
	}
	if len(nodes) == 1 && nodes[0] == root {
		return []location{nil}
	}
	var found []location
	var descend func(node *yaml.Node, at location)
	descend = func(node *yaml.Node, at location) {
		if wanted[node] {
			found = append(found, slices.Clone(at))
		}
		for key, child := range children(node) {
			descend(child, append(at, key))
		}
	}
	descend(root, make(location, 0, 32))
	slices.Reverse(found)
	return found
}

// node follows the way.
func (l location) node(root *yaml.Node) (*yaml.Node, bool) {
	_, node, ok := l.in(root)
	return node, ok
}

// in follows the way and gives the node and the one that holds it, nil for the root.
func (l location) in(root *yaml.Node) (parent, node *yaml.Node, ok bool) {
	node, ok = root, true
	for _, step := range l {
		parent, ok = node, false
		for key, child := range children(parent) {
			if key == step {
				node, ok = child, true
				break
			}
		}
		if !ok {
			return nil, nil, false
		}
	}
	return parent, node, ok
}

// remove takes a node out of the one that holds it, with its key if it has one.
func remove(parent, node *yaml.Node) {
	at := slices.Index(parent.Content, node)
	first := at
	if parent.Kind == yaml.MappingNode {
		first-- // the key
	}
	parent.Content = slices.Delete(parent.Content, first, at+1)
}
