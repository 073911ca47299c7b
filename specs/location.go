package specs

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A location is the way from the root of a document to one of its nodes: keys of
// mappings and indices of sequences.
type location []string

func (l location) String() string { return "#/" + strings.Join(l, "/") }

// locate finds the ways to nodes, the last items of a sequence first, so that a
// removal does not move what is removed next.
func locate(root *yaml.Node, nodes []*yaml.Node) []location {
	wanted := map[*yaml.Node]bool{}
	for _, node := range nodes {
		wanted[node] = true
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

// in follows the way and gives the node and the one that holds it.
func (l location) in(root *yaml.Node) (parent, node *yaml.Node, ok bool) {
	node = root
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
	return parent, node, parent != nil
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
