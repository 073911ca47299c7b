package repair

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// overlays are the files of a product's overlay, in the order in which they are applied.
// They differ in what they repair, not in how: types and shapes, then names, then
// documentation.
var overlays = []string{"overlay.yaml", "overlay-names.yaml", "overlay-documentation.yaml"}

// An overlayFile is one of them.
type overlayFile struct {
	name string
	*overlay.Overlay
}

// ReadOverlays reads the files of the overlay that a file system has at its root. Of the
// three only overlay.yaml has to be there.
func (rules *Rules) ReadOverlays(files fs.FS) error {
	for i, name := range overlays {
		text, err := fs.ReadFile(files, name)
		if errors.Is(err, fs.ErrNotExist) && i > 0 {
			continue
		}
		if err != nil {
			return err
		}
		o, err := parseOverlay(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		rules.overlays = append(rules.overlays, overlayFile{name, o})
	}
	return nil
}

// parseOverlay reads an OpenAPI Overlay 1.0. It refuses an action without a reason, and a
// file that leaves the dialect of JSONPath to the library.
func parseOverlay(text []byte) (*overlay.Overlay, error) {
	var o overlay.Overlay
	if err := yaml.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	if !o.UsesRFC9535() {
		return nil, errors.New("x-speakeasy-jsonpath must be rfc9535, or filters are read in an older dialect")
	}
	for i, action := range o.Actions {
		switch {
		case strings.TrimSpace(action.Description) == "":
			return nil, fmt.Errorf("action %d has no reason: write it in description (%s)", i+1, action.Target)
		case action.Target == "" || !action.Remove && action.Update.IsZero():
			return nil, fmt.Errorf("action %d neither updates nor removes (%s)", i+1, action.Target)
		}
		openEnumerations(&o.Actions[i].Update)
	}
	return &o, nil
}

// openEnumerations marks the enumerations that an action adds. Their values come from prose,
// and servers take others.
func openEnumerations(update *yaml.Node) {
	hasValues := false
	for key, child := range children(update) {
		hasValues = hasValues || key == "enum" && update.Kind == yaml.MappingNode
		openEnumerations(child)
	}
	if hasValues {
		update.Content = append(update.Content, scalar("!!str", "x-open-enum"), scalar("!!bool", "true"))
	}
}

// A plan is the overlay with the places that each action has in one document.
type plan struct {
	document document.Object
	actions  []plannedAction
	misfits  []string // the actions that do not fit, if that is no error
}

type plannedAction struct {
	overlay.Action
	file   string
	number int // in the file, from 1
	places []location
}

// failed is the error of an action.
func (a *plannedAction) failed(err error) error {
	return fmt.Errorf("%s: action %d %w (%s)", a.file, a.number, err, a.Target)
}

// plan applies one action after the other to a document and records where each one acted.
// An action that finds more or fewer places than it states (x-matches, 1 by default), or
// that changes nothing at one of them, is an error: the vendor has fixed the defect, and
// the repair has to go. If tolerant, such an action is applied where it has an effect and
// listed as a misfit.
func (rules *Rules) plan(doc document.Object, tolerant bool) (*plan, error) {
	p := &plan{document: doc}
	root := toNode(doc)
	for _, o := range rules.overlays {
		for i, action := range o.Actions {
			planned := plannedAction{Action: action, file: o.name, number: i + 1}
			var err error
			planned.places, err = find(root, o.Overlay, action)
			err = cmp.Or(err, planned.checkID(root))
			if err == nil || tolerant {
				err = cmp.Or(err, planned.tryEach(root))
			}
			p.actions = append(p.actions, planned)
			if err == nil {
				continue
			}
			err = planned.failed(err)
			if !tolerant {
				return nil, err
			}
			p.misfits = append(p.misfits, err.Error())
		}
	}
	return p, nil
}

// tryEach applies an action at each of its places and keeps those where it has an effect.
// It returns the first error.
func (a *plannedAction) tryEach(root *yaml.Node) error {
	var first error
	places := a.places
	a.places = nil
	for _, place := range places {
		here := plannedAction{Action: a.Action, places: []location{place}}
		if err := here.apply(root); err != nil {
			first = cmp.Or(first, err)
			continue
		}
		a.places = append(a.places, place)
	}
	return first
}

// checkID returns an error if an action gives an operation another id than the one that the
// document has, which x-vendor-id states, or none if there is no x-vendor-id. The vendor may
// have mended the id.
func (a *plannedAction) checkID(root *yaml.Node) error {
	update := idsOf(&a.Update)
	if update.id == nil {
		return nil
	}
	for _, place := range a.places {
		_, node, ok := place.in(root)
		if !ok {
			continue
		}
		switch has := idsOf(node).id; {
		case has == nil && update.vendor != nil:
			return fmt.Errorf("states the vendor's id %q, and the document has none here: remove x-vendor-id", *update.vendor)
		case has == nil:
		case update.vendor == nil:
			return fmt.Errorf("gives an id, and the document has one here, %q: remove the action, or state that id in x-vendor-id", *has)
		case *has != *update.vendor:
			return fmt.Errorf("states the vendor's id %q, and it is %q now: remove the action if that is right, or state it in x-vendor-id", *update.vendor, *has)
		}
	}
	return nil
}

// ids are the operationId and the x-vendor-id of an operation, nil for none.
type ids struct{ id, vendor *string }

func idsOf(node *yaml.Node) (found ids) {
	for key, child := range children(node) {
		switch key {
		case "operationId":
			found.id = &child.Value
		case "x-vendor-id":
			found.vendor = &child.Value
		}
	}
	return found
}

// without returns the document with all actions applied as planned, except one.
func (p *plan) without(skip int) (document.Object, error) {
	root := toNode(p.document)
	for i := range p.actions {
		if i == skip {
			continue
		}
		if err := p.actions[i].apply(root); err != nil {
			return nil, p.actions[i].failed(err)
		}
	}
	value, err := fromNode(root)
	if err != nil {
		return nil, fmt.Errorf("overlay: %w", err)
	}
	return document.AsObject(value), nil
}

// find returns the places of an action. It follows the leading members of the target itself
// and asks the library for the rest, so that the library need not search the whole document.
func find(root *yaml.Node, o *overlay.Overlay, action overlay.Action) ([]location, error) {
	from, rest := plainSteps(action.Target)
	_, start, ok := from.in(root)
	starts, rest := starts(start, rest)
	path, err := o.NewPath("$"+rest, nil)
	if err != nil {
		return nil, err
	}
	var places []location
	if ok {
		var found []*yaml.Node
		for _, node := range starts {
			found = append(found, path.Query(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}})...)
		}
		for _, below := range locate(start, found) {
			places = append(places, slices.Concat(from, below))
		}
	}
	want := 1
	if stated, ok := action.Extensions["x-matches"].(int); ok {
		want = stated
	}
	if len(places) != want {
		return places, fmt.Errorf("finds %d places and not %d", len(places), want)
	}
	return places, nil
}

// descent is the beginning of a JSONPath that looks in all of a document for a member, or for
// what has a member.
var descent = regexp.MustCompile(`^\.\.(?:([A-Za-z_]\w*)|\[\?@\.([A-Za-z_]\w*))`)

// starts returns the nodes at which the rest of a path begins, and that rest. It does a descent
// itself, as far as it understands it: the library takes ten times as long.
func starts(root *yaml.Node, rest string) ([]*yaml.Node, string) {
	found := descent.FindStringSubmatch(rest)
	if found == nil || strings.Contains(rest, "||") || strings.Contains(rest, "!=") {
		return []*yaml.Node{root}, rest
	}
	var nodes []*yaml.Node
	has := func(node *yaml.Node, name string) bool {
		if node.Kind == yaml.MappingNode {
			for i := 0; i < len(node.Content); i += 2 {
				if node.Content[i].Value == name {
					return true
				}
			}
		}
		return false
	}
	var descend func(node *yaml.Node)
	descend = func(node *yaml.Node) {
		fits := found[1] != "" && has(node, found[1])
		for i, child := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 0 {
				continue
			}
			fits = fits || found[2] != "" && has(child, found[2])
			descend(child)
		}
		if fits {
			nodes = append(nodes, node)
		}
	}
	if root != nil {
		descend(root)
	}
	if found[1] != "" {
		return nodes, rest[1:]
	}
	return nodes, rest[2:]
}

func (a *plannedAction) apply(root *yaml.Node) error {
	for _, place := range a.places {
		parent, node, ok := place.in(root)
		switch {
		case !ok:
			return fmt.Errorf("loses its place %s", place)
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

// merge applies an update to one place.
func merge(node *yaml.Node, update yaml.Node) error {
	o := overlay.Overlay{
		Version: overlay.Version100, JSONPathVersion: overlay.JSONPathRFC9535,
		Actions: []overlay.Action{{Target: "$", Update: update}},
	}
	warnings, err := o.ApplyToStrict(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}})
	if err == nil && len(warnings) > 0 {
		err = errors.New("changes nothing: the defect is gone, remove the repair")
	}
	return err
}

// A location is the path from the root of a document to a node: keys of mappings and indices
// of sequences.
type location []string

func (l location) String() string { return "#/" + strings.Join(l, "/") }

var plainStep = regexp.MustCompile(`^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\['([^'\\]*)'\])`)

// plainSteps splits a JSONPath into its leading members and the rest. A path with a filter
// that refers to the root is not split.
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

// locate returns the locations of nodes, the last items of a sequence first, so that a removal
// does not move the next one.
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

// in returns the node at the location and its parent, nil for the root.
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

// remove removes a node from its parent, with its key if there is one.
func remove(parent, node *yaml.Node) {
	at := slices.Index(parent.Content, node)
	first := at
	if parent.Kind == yaml.MappingNode {
		first-- // the key
	}
	parent.Content = slices.Delete(parent.Content, first, at+1)
}
