package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

const (
	maxDepth = 200      // levels of nesting; WEKA's document has 31
	maxYAML  = 16 << 20 // bytes: its reader takes some hundred bytes of memory for each node
	maxNodes = 4 << 20  // once the aliases of a YAML document are written out
)

// readDocument reads JSON or, where the text is none, YAML.
func readDocument(served []byte) (document.Object, error) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(served, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] == '{' || trimmed[0] == '[' {
		doc, err := document.Decode(bytes.TrimPrefix(served, []byte("\xef\xbb\xbf")))
		if err == nil && deeper(doc, maxDepth) {
			err = fmt.Errorf("the document is nested deeper than %d levels", maxDepth)
		}
		return doc, err
	}
	return readYAML(trimmed)
}

func deeper(value any, levels int) bool {
	if levels == 0 {
		return true
	}
	switch v := value.(type) {
	case document.Object:
		for _, member := range v {
			if deeper(member, levels-1) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if deeper(item, levels-1) {
				return true
			}
		}
	}
	return false
}

func readYAML(text []byte) (document.Object, error) {
	if len(text) > maxYAML {
		return nil, fmt.Errorf("the document is neither JSON nor a YAML of at most %d MiB", maxYAML>>20)
	}
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("neither JSON nor YAML: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the YAML holds more than one document, or text after it")
	}
	if root.Kind != yaml.DocumentNode || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("neither JSON nor a YAML document with members")
	}
	y := yamlReader{left: maxNodes}
	value, err := y.value(root.Content[0], 0)
	doc, _ := value.(document.Object)
	return doc, err
}

// A yamlReader turns nodes into what JSON would give. It counts them, since aliases
// can make a small text stand for a document without end.
type yamlReader struct{ left int }

func (y *yamlReader) value(node *yaml.Node, depth int) (any, error) {
	if y.left--; y.left < 0 {
		return nil, fmt.Errorf("line %d: with its aliases written out, the YAML has more than %d values", node.Line, maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: the document is nested deeper than %d levels", node.Line, maxDepth)
	}
	switch node.Kind {
	case yaml.AliasNode:
		return y.value(node.Alias, depth+1)
	case yaml.MappingNode:
		return y.mapping(node, depth)
	case yaml.SequenceNode:
		items := make([]any, 0, len(node.Content))
		for _, child := range node.Content {
			item, err := y.value(child, depth+1)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		return items, nil
	default:
		return scalar(node)
	}
}

func (y *yamlReader) mapping(node *yaml.Node, depth int) (any, error) {
	out := document.Object{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			return nil, fmt.Errorf("line %d: a key that is no plain text has no JSON form", key.Line)
		}
		if _, twice := out[key.Value]; twice {
			return nil, fmt.Errorf("line %d: the duplicate key %q", key.Line, key.Value)
		}
		value, err := y.value(node.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		out[key.Value] = value
	}
	return out, nil
}

func scalar(node *yaml.Node) (any, error) {
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("line %d: %w", node.Line, err)
	}
	switch v := value.(type) {
	case nil, bool, string:
		return v, nil
	case int:
		return json.Number(strconv.Itoa(v)), nil
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), nil
	case uint64:
		return json.Number(strconv.FormatUint(v, 10)), nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, fmt.Errorf("line %d: %s has no JSON form", node.Line, node.Value)
		}
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64)), nil
	default: // a date, which OpenAPI means as text
		return node.Value, nil
	}
}
