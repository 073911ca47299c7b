package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// check proves that contract, repairs, effective document, inventory, source and
// generated code agree. Repairs prove themselves while they are applied: one
// without a place, without an effect or without a reason is an error.
func (p project) check() error {
	product, err := p.load()
	if err != nil {
		return err
	}
	if err := p.checkSource(product); err != nil {
		return err
	}
	doc, text, err := effective(product)
	if err != nil {
		return err
	}
	if err := repair.Validate(doc); err != nil {
		return fmt.Errorf("the effective document is not valid: %w", err)
	}
	if err := product.Lock.Compare(doc); err != nil {
		return err
	}
	rows := inventory.InventoryOf(doc)
	if err := product.Check(doc); err != nil {
		return err
	}
	for _, made := range []struct {
		file string
		want []byte
	}{
		{"operations.tsv", inventory.WriteInventory(rows)}, {"types.tsv", inventory.WriteTypes(inventory.TypesOf(doc))}, {"effective.json", text},
	} {
		have, err := os.ReadFile(p.specs(made.file))
		if err != nil {
			return err
		}
		if line, differ := firstDifferent(have, made.want); differ {
			return fmt.Errorf("%s is not what the contract and the repairs make, from %s on: run make generate, and read what changed", made.file, line)
		}
	}
	types, err := p.checkGenerated(rows)
	if err != nil {
		return err
	}
	if err := p.checkText(text); err != nil {
		return err
	}
	p.say("%s: %d routes, %d operations, %d repairs, %d generated types: all agree",
		p.product, inventory.Accounted(rows), len(rows), len(product.Rules.Repairs()), types)
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

// checkSource proves that the contract is the one that pull wrote, or that we did.
func (p project) checkSource(product *specs.Product) error {
	text, err := os.ReadFile(p.specs("source.yaml"))
	if err != nil {
		return err
	}
	var about source
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&about); err != nil {
		return fmt.Errorf("source.yaml: %w", err)
	}
	contract, err := os.ReadFile(p.specs("openapi.json"))
	if err != nil {
		return err
	}
	if canonical, err := document.Encode(product.Contract); err != nil || !bytes.Equal(canonical, contract) {
		return errors.Join(err, errors.New("openapi.json is not written as pull writes it: members sorted by name, one blank of indentation"))
	}
	if isOurs(p.product) && !about.Merged && sum(contract) != about.Contract {
		return fmt.Errorf("openapi.json is not the contract of source.yaml: if it was changed on purpose, write its sha256 there (%s)", sum(contract))
	}
	if sum(contract) != about.Contract {
		return errors.New("openapi.json is not the contract that was pulled (its sha256 differs from source.yaml): defects are repaired in overlay.yaml, never by hand")
	}
	if about.Product != p.product || about.Release != release(product.Contract) {
		return fmt.Errorf("source.yaml speaks of %s %s, the contract of %s %s", about.Product, about.Release, p.product, release(product.Contract))
	}
	return nil
}
