package repair

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// toNode makes the YAML nodes of a value, on which the overlay library works. Unlike YAML
// text, nodes keep all digits of a number.
func toNode(value any) *yaml.Node {
	switch v := value.(type) {
	case document.Object:
		node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, key := range v.Keys() {
			node.Content = append(node.Content, scalar("!!str", key), toNode(v[key]))
		}
		return node
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			node.Content = append(node.Content, toNode(item))
		}
		return node
	case string:
		return scalar("!!str", v)
	case bool:
		return scalar("!!bool", strconv.FormatBool(v))
	case json.Number:
		return scalar("!!float", v.String())
	default:
		return scalar("!!null", "null")
	}
}

// children yields the members of a mapping by key, and the items of a sequence by index.
func children(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		switch node.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(node.Content); i += 2 {
				if !yield(node.Content[i].Value, node.Content[i+1]) {
					return
				}
			}
		case yaml.SequenceNode:
			for i, child := range node.Content {
				if !yield(strconv.Itoa(i), child) {
					return
				}
			}
		}
	}
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// fromNode reads a value back from its nodes.
func fromNode(node *yaml.Node) (value any, err error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return fromNode(node.Content[0])
	case yaml.MappingNode:
		out := document.Object{}
		for key, child := range children(node) {
			if out[key], err = fromNode(child); err != nil {
				return nil, err
			}
		}
		return out, nil
	case yaml.SequenceNode:
		items := make([]any, len(node.Content))
		for i, child := range node.Content {
			if items[i], err = fromNode(child); err != nil {
				return nil, err
			}
		}
		return items, nil
	case yaml.AliasNode:
		return nil, fmt.Errorf("line %d: YAML aliases are not supported in a repair", node.Line)
	}
	switch tag := node.ShortTag(); tag {
	case "!!str":
		return node.Value, nil
	case "!!bool":
		return strconv.ParseBool(node.Value)
	case "!!null":
		return nil, nil
	case "!!int", "!!float":
		number := json.Number(node.Value)
		if _, err := number.Float64(); err == nil {
			return number, nil
		}
		fallthrough
	default:
		return nil, fmt.Errorf("line %d: %q (%s) has no JSON form", node.Line, node.Value, tag)
	}
}
