package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

// halves are the generated files of a product, each by the configuration beside it.
var halves = []string{"models", "client"}

// configuration is one that the generator's own command reads.
type configuration struct {
	codegen.Configuration `yaml:",inline"`
	OutputFile            string `yaml:"output"`
}

// generating is held by the one call of the generator, which keeps its state in variables.
var generating sync.Mutex

// generated makes one half of a product from an effective document, by the
// configuration and the templates of the root. It is what go generate writes, but for
// the first line.
func (p project) generated(half string, effective []byte) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(p.root, "gen", p.product+"api", half+".yaml"))
	if err != nil {
		return nil, err
	}
	var config configuration
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, err
	}
	for name, path := range config.OutputOptions.UserTemplates {
		template, err := os.ReadFile(filepath.Join(p.root, path))
		if err != nil {
			return nil, err
		}
		config.OutputOptions.UserTemplates[name] = string(template)
	}
	document, err := openapi3.NewLoader().LoadFromData(effective)
	if err != nil {
		return nil, err
	}
	options := config.UpdateDefaults()
	if err := options.Validate(); err != nil {
		return nil, err
	}
	generating.Lock()
	defer generating.Unlock()
	code, err := codegen.Generate(document, options)
	return []byte(code), err
}

// checkText proves that each half is what the generator makes of the document.
func (p project) checkText(effective []byte) error {
	for _, half := range halves {
		made, err := p.generated(half, effective)
		if err != nil {
			return fmt.Errorf("generating %s: %w", half, err)
		}
		path := filepath.Join(p.root, "gen", p.product+"api", half+".gen.go")
		have, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		first, _, _ := bytes.Cut(have, []byte("\n")) // names the program that wrote the file
		_, made, _ = bytes.Cut(made, []byte("\n"))
		made = slices.Concat(first, []byte("\n"), made)
		if line, differ := firstDifferent(have, made); differ {
			return fmt.Errorf("%s.gen.go is not what the effective document makes, from %s on: it was edited, or make generate did not run", half, line)
		}
	}
	return nil
}
