package specs

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"
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
		return nil, fmt.Errorf("overlay.yaml: x-speakeasy-jsonpath must be rfc9535, or filters are read in an older dialect")
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

// applyOverlay carries out one action after the other. An action whose target is
// not there, or that changes nothing, is an error: the vendor mended the defect,
// and the repair has to go.
func applyOverlay(document Object, o *overlay.Overlay, skip int) (Object, error) {
	root := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{toNode(document)}}
	for i, action := range o.Actions {
		if i == skip {
			continue
		}
		if err := applyAction(root, *o, action); err != nil {
			return nil, fmt.Errorf("overlay.yaml: action %d (%s): %w", i+1, action.Target, err)
		}
	}
	value, err := fromNode(root)
	if err != nil {
		return nil, fmt.Errorf("overlay.yaml: %w", err)
	}
	return object(value), nil
}

// applyAction carries out one action. x-matches beside a target says how many
// places it must find, one if it is silent; each of them must change.
func applyAction(root *yaml.Node, o overlay.Overlay, action overlay.Action) error {
	path, err := o.NewPath(action.Target, nil)
	if err != nil {
		return err
	}
	places, want := path.Query(root), 1
	if stated, ok := action.Extensions["x-matches"].(int); ok {
		want = stated
	}
	if len(places) != want {
		return fmt.Errorf("it finds %d places and not %d", len(places), want)
	}
	if action.Remove {
		o.Actions = []overlay.Action{action}
		return o.ApplyTo(root)
	}
	o.Actions = []overlay.Action{{Target: "$", Update: action.Update}}
	for _, found := range places {
		warnings, err := o.ApplyToStrict(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{found}})
		if err != nil {
			return err
		}
		if len(warnings) > 0 {
			return fmt.Errorf("it changes nothing: the defect is gone, remove the repair")
		}
	}
	return nil
}
