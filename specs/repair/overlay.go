package repair

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// parseOverlay reads an OpenAPI Overlay 1.0 and refuses what would let a repair
// pass unread: an action without its reason, or a file that leaves the choice of
// JSONPath dialect to the library.
func parseOverlay(text []byte) (*overlay.Overlay, error) {
	var o overlay.Overlay
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(false)
	if err := decoder.Decode(&o); err != nil {
		return nil, fmt.Errorf("overlay.yaml: %w", err)
	}
	if !o.UsesRFC9535() {
		return nil, errors.New("overlay.yaml: x-speakeasy-jsonpath must be rfc9535, or filters are read in an older dialect")
	}
	for i, action := range o.Actions {
		if strings.TrimSpace(action.Description) == "" {
			return nil, fmt.Errorf("overlay.yaml: action %d (%s) has no reason: write it in description", i+1, action.Target)
		}
		if action.Target == "" || !action.Remove && action.Update.IsZero() {
			return nil, fmt.Errorf("overlay.yaml: action %d (%s) neither updates nor removes", i+1, action.Target)
		}
	}
	return &o, nil
}

// A plan is an overlay with the places that each of its actions has in one document.
type plan struct {
	document document.Object
	actions  []plannedAction
	idle     []string // repairs that do not fit, where that is no error
}

type plannedAction struct {
	overlay.Action
	places []location
}

// planOverlay carries out one action after the other and notes where each one
// acted. An action that does not find as many places as it states (x-matches, one
// if it is silent), or that leaves one of them as it is, is an error: the vendor
// mended the defect, and the repair has to go. If the document is merged with a
// site's, the action is carried out where it has an effect, and noted as idle.
func planOverlay(doc document.Object, o *overlay.Overlay, merged bool) (*plan, error) {
	p := &plan{document: doc}
	root := toNode(doc)
	for i, action := range o.Actions {
		places, err := find(root, o, action)
		planned := plannedAction{action, places}
		if err == nil || merged {
			err = errors.Join(err, planned.tryEach(root))
		}
		p.actions = append(p.actions, planned)
		if err == nil {
			continue
		}
		err = fmt.Errorf("overlay.yaml: action %d (%s): %w", i+1, action.Target, err)
		if !merged {
			return nil, err
		}
		p.idle = append(p.idle, err.Error())
	}
	return p, nil
}

// tryEach carries an action out at each of its places, and keeps those where it has
// an effect. The error is the first of the others.
func (a *plannedAction) tryEach(root *yaml.Node) error {
	var first error
	places := a.places
	a.places = nil
	for _, place := range places {
		here := plannedAction{a.Action, []location{place}}
		if err := here.apply(root); err != nil {
			first = cmp.Or(first, err)
			continue
		}
		a.places = append(a.places, place)
	}
	return first
}

// without is the document with every action carried out where it was planned,
// except one.
func (p *plan) without(skip int) (document.Object, error) {
	root := toNode(p.document)
	for i := range p.actions {
		if i == skip {
			continue
		}
		if err := p.actions[i].apply(root); err != nil {
			return nil, fmt.Errorf("overlay.yaml: action %d (%s): %w", i+1, p.actions[i].Target, err)
		}
	}
	value, err := fromNode(root)
	if err != nil {
		return nil, fmt.Errorf("overlay.yaml: %w", err)
	}
	return document.AsObject(value), nil
}

// find gives the places that an action has. The part of its target that merely
// names one member after the other is followed here, and the library asked from
// there on, so that it need not look at the whole document.
func find(root *yaml.Node, o *overlay.Overlay, action overlay.Action) ([]location, error) {
	from, rest := plainSteps(action.Target)
	path, err := o.NewPath("$"+rest, nil)
	if err != nil {
		return nil, err
	}
	var places []location
	if start, ok := from.node(root); ok {
		found := path.Query(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{start}})
		for _, below := range locate(start, found) {
			places = append(places, slices.Concat(from, below))
		}
	}
	want := 1
	if stated, ok := action.Extensions["x-matches"].(int); ok {
		want = stated
	}
	if len(places) != want {
		return places, fmt.Errorf("it finds %d places and not %d", len(places), want)
	}
	return places, nil
}

func (a *plannedAction) apply(root *yaml.Node) error {
	for _, place := range a.places {
		parent, node, ok := place.in(root)
		switch {
		case !ok:
			return fmt.Errorf("its place %s is gone", place)
		case a.Remove:
			remove(parent, node)
		default:
			if err := merge(node, a.Update); err != nil {
				return err
			}
		}
	}
	return nil
}

// merge is the library's, applied to one place.
func merge(node *yaml.Node, update yaml.Node) error {
	o := overlay.Overlay{
		Version: overlay.Version100, JSONPathVersion: overlay.JSONPathRFC9535,
		Actions: []overlay.Action{{Target: "$", Update: update}},
	}
	warnings, err := o.ApplyToStrict(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}})
	if err == nil && len(warnings) > 0 {
		err = errors.New("it changes nothing: the defect is gone, remove the repair")
	}
	return err
}

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

// ReadOverlay reads overlay.yaml.
func (rules *Rules) ReadOverlay(text []byte) (err error) {
	rules.overlay, err = parseOverlay(text)
	return err
}
