package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// check returns an error unless contract, repairs, effective document, tables, source and
// generated code agree. Applying the repairs checks each of them: one without a place, an
// effect or a reason is an error.
func (p project) check() error {
	product, err := p.load()
	if err != nil {
		return err
	}
	if err := p.checkSource(product); err != nil {
		return err
	}
	doc, err := product.Repair()
	if err != nil {
		return err
	}
	if err := repair.Validate(doc); err != nil {
		return fmt.Errorf("the effective document is not valid: %w", err)
	}
	m, err := madeOf(product, doc)
	if err != nil {
		return err
	}
	if err := product.Lock.Compare(doc); err != nil {
		return err
	}
	if err := product.Check(doc); err != nil {
		return err
	}
	rows := inventory.RowsOf(doc)
	want, err := servedTexts(m.product)
	if err != nil {
		return err
	}
	want["operations.tsv"], want["types.tsv"] = inventory.WriteRows(rows), inventory.WriteTypes(inventory.TypesOf(doc))
	want["effective.json"] = m.text
	for _, file := range slices.Sorted(maps.Keys(want)) {
		have, err := os.ReadFile(p.specs(file))
		if err != nil {
			return err
		}
		if line, differ := firstDifferent(have, want[file]); differ {
			return fmt.Errorf("%s is not what the contract and the repairs make, from %s on: run make generate, and read what changed", file, line)
		}
	}
	types, err := p.checkDeclarations(rows)
	if err != nil {
		return err
	}
	if err := p.checkText(m.text); err != nil {
		return err
	}
	if have, want, err := p.counted(); err != nil || have != want {
		return cmp.Or(err, errors.New("README.md does not have the counts of the document: run make generate"))
	}
	p.say("%s: %d routes, %d operations, %d repairs, %d generated types: all agree",
		p.product, inventory.CountRoutes(rows), len(rows), len(m.product.Rules.Repairs()), types)
	return nil
}

// firstDifferent names the first line in which a file differs from what it should be.
func firstDifferent(have, want []byte) (line string, differ bool) {
	if bytes.Equal(have, want) {
		return "", false
	}
	lines, wanted := strings.Split(string(have), "\n"), strings.Split(string(want), "\n")
	n := 0
	for n < min(len(lines), len(wanted))-1 && lines[n] == wanted[n] {
		n++
	}
	const most = 60
	return fmt.Sprintf("line %d (%.*q)", n+1, most, strings.TrimSpace(lines[n])), true
}

// checkSource returns an error unless openapi.json is the contract that source.yaml
// describes, written as pull writes it.
func (p project) checkSource(product *specs.Product) error {
	about, err := p.source()
	if err != nil {
		return err
	}
	contract, err := os.ReadFile(p.specs("openapi.json"))
	if err != nil {
		return err
	}
	canonical, err := document.Encode(product.Contract)
	if err != nil {
		return err
	}
	switch release := product.Release(); {
	case !bytes.Equal(canonical, contract):
		return errors.New("openapi.json is not written as pull writes it: members sorted by name, indented by one space")
	case sum(contract) == about.Contract:
		if about.Product != p.product || about.Release != release {
			return fmt.Errorf("source.yaml is of %s %s, the contract of %s %s", about.Product, about.Release, p.product, release)
		}
		return nil
	case p.about().Ours && !about.Merged:
		return fmt.Errorf("openapi.json is not the contract of source.yaml: if you changed it on purpose, write its sha256 there (%s)", sum(contract))
	default:
		return errors.New("openapi.json is not the contract that was pulled (its sha256 differs from source.yaml): repair defects in overlay.yaml, never by hand")
	}
}

// source reads source.yaml.
func (p project) source() (about source, err error) {
	text, err := os.ReadFile(p.specs("source.yaml"))
	if err != nil {
		return about, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&about); err != nil {
		return about, fmt.Errorf("source.yaml: %w", err)
	}
	return about, nil
}

// halves are the generated files of a product: its types, and its services and methods.
var halves = []string{"models", "client"}

// generating guards the generator, which keeps its state in variables.
var generating sync.Mutex

// generated makes one half of a product from an effective document, with the configuration
// and the templates of the tree. Only the first line differs from what go generate writes.
func (p project) generated(half string, effective []byte) ([]byte, error) {
	text, err := os.ReadFile(p.generatedGo("oapi-codegen.yaml"))
	if err != nil {
		return nil, err
	}
	var config codegen.Configuration
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, err
	}
	config.Generate = codegen.GenerateOptions{Models: half == "models", Client: half == "client"}
	for name, path := range config.OutputOptions.UserTemplates {
		template, err := os.ReadFile(filepath.Join(p.root, path))
		if err != nil {
			return nil, err
		}
		config.OutputOptions.UserTemplates[name] = string(template)
	}
	doc, err := openapi3.NewLoader().LoadFromData(effective)
	if err != nil {
		return nil, err
	}
	options := config.UpdateDefaults()
	if err := options.Validate(); err != nil {
		return nil, err
	}
	generating.Lock()
	defer generating.Unlock()
	code, err := codegen.Generate(doc, options)
	return []byte(code), err
}

// checkText returns an error unless each half is what the generator makes of the document.
func (p project) checkText(effective []byte) error {
	for _, half := range halves {
		want, err := p.generated(half, effective)
		if err != nil {
			return fmt.Errorf("generating %s: %w", half, err)
		}
		have, err := os.ReadFile(p.generatedGo(half + ".gen.go"))
		if err != nil {
			return err
		}
		first, _, _ := bytes.Cut(have, []byte("\n")) // names the program that wrote the file
		_, rest, _ := bytes.Cut(want, []byte("\n"))
		if line, differ := firstDifferent(have, slices.Concat(first, []byte("\n"), rest)); differ {
			return fmt.Errorf("%s.gen.go is not what the effective document makes, from %s on: it was edited, or make generate did not run", half, line)
		}
	}
	return nil
}
