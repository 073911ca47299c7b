package specs

import (
	"bytes"
	"fmt"
	"slices"
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

func applyAction(root *yaml.Node, o overlay.Overlay, action overlay.Action) error {
	o.Actions = []overlay.Action{action}
	warnings, err := o.ApplyToStrict(root)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, "does nothing") }) {
		return fmt.Errorf("it changes nothing: the defect is gone, remove the repair")
	}
	return nil
}
