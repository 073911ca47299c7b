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

func fromNode(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return fromNode(node.Content[0])
	case yaml.MappingNode:
		return fromMapping(node)
	case yaml.SequenceNode:
		items := make([]any, 0, len(node.Content))
		for _, child := range node.Content {
			item, err := fromNode(child)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		return items, nil
	case yaml.ScalarNode:
		return fromScalar(node)
	default:
		return nil, fmt.Errorf("line %d: YAML aliases are not supported in a repair", node.Line)
	}
}

func fromMapping(node *yaml.Node) (any, error) {
	out := document.Object{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		value, err := fromNode(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		out[node.Content[i].Value] = value
	}
	return out, nil
}

func fromScalar(node *yaml.Node) (any, error) {
	switch node.ShortTag() {
	case "!!str":
		return node.Value, nil
	case "!!bool":
		return strconv.ParseBool(node.Value)
	case "!!int", "!!float":
		number := json.Number(node.Value)
		if _, err := number.Float64(); err != nil {
			return nil, fmt.Errorf("line %d: %q is not a JSON number", node.Line, node.Value)
		}
		return number, nil
	case "!!null":
		return nil, nil
	default:
		return nil, fmt.Errorf("line %d: %s has no JSON form", node.Line, node.ShortTag())
	}
}
