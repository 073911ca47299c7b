package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// maxYAML bounds a YAML document, whose reader needs some hundred bytes of memory a node.
const maxYAML = 16 << 20

// compressed are the first bytes of compressed files.
var compressed = map[string]string{"\x1f\x8b": "gzip", "PK\x03\x04": "zip", "\x28\xb5\x2f\xfd": "zstd", "BZh": "bzip2", "\xfd7zXZ": "xz"}

// readDocument reads JSON, or YAML if the text is not JSON.
func readDocument(served []byte) (document.Object, error) {
	for start, format := range compressed {
		if bytes.HasPrefix(served, []byte(start)) {
			return nil, fmt.Errorf("the document is compressed (%s): unpack it, and pull the file", format)
		}
	}
	text := bytes.TrimPrefix(served, []byte("\xef\xbb\xbf"))
	if start := bytes.TrimLeft(text, " \t\r\n"); len(start) > 0 && start[0] != '{' && start[0] != '[' {
		var err error
		if text, err = jsonOfYAML(start); err != nil {
			return nil, err
		}
	}
	return document.Decode(text)
}

// jsonOfYAML converts a YAML document. The library refuses duplicate keys, and aliases
// that would make the document many times larger.
func jsonOfYAML(text []byte) ([]byte, error) {
	if len(text) > maxYAML {
		return nil, fmt.Errorf("the document is neither JSON nor YAML of at most %d MiB", maxYAML>>20)
	}
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("neither JSON nor YAML: %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the YAML has more than one document, or text after it")
	}
	if root.Kind != yaml.DocumentNode || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("neither JSON nor a YAML document with members")
	}
	retag(&root)
	var value map[string]any
	if err := root.Decode(&value); err != nil {
		return nil, fmt.Errorf("not OpenAPI in YAML: %w", err)
	}
	return json.Marshal(value)
}

// retag makes text of keys and dates, as JSON has them: YAML reads the key 200 as a number.
func retag(node *yaml.Node) {
	for i, child := range node.Content {
		isKey := node.Kind == yaml.MappingNode && i%2 == 0
		if child.Kind == yaml.ScalarNode && (isKey && child.ShortTag() != "!!merge" || child.ShortTag() == "!!timestamp") {
			child.Tag = "!!str"
		}
		retag(child)
	}
}

// fromSwagger converts Swagger 2.0, which drf-yasg serves, to OpenAPI 3.0. Its basePath
// becomes the path of the server.
func fromSwagger(published document.Object) (document.Object, error) {
	if version := published.Text("swagger"); version != "2.0" {
		return nil, fmt.Errorf("the document is Swagger %q; only 2.0 and OpenAPI 3.0 are supported", version)
	}
	for _, reference := range document.References(published) { // the converter could follow them
		if !strings.HasPrefix(reference, "#/") {
			return nil, fmt.Errorf("%q refers outside the document: remote references are refused", reference)
		}
	}
	text, err := json.Marshal(published)
	if err != nil {
		return nil, err
	}
	var two openapi2.T
	if err := json.Unmarshal(text, &two); err != nil {
		return nil, fmt.Errorf("not a Swagger 2.0 document: %w", err)
	}
	three, err := openapi2conv.ToV3(&two)
	if err == nil {
		text, err = three.MarshalJSON()
	}
	if err != nil {
		return nil, fmt.Errorf("the document cannot be converted from Swagger 2.0: %w", err)
	}
	return document.Decode(text)
}
