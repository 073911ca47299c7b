package specs

import (
	"errors"
	"fmt"
	"io/fs"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// A Product is one vendor's contract with everything that we state about it: the
// files of specs/NAME except those that are made from them.
type Product struct {
	Name     string
	Contract document.Object
	Rules    *repair.Rules   // the overlay and the tables
	Lock     *inventory.Lock // the committed names
}

// Load reads the files of specs/NAME from a file system whose root is that
// folder. openapi.json and overlay.yaml must be there; the
// others may be absent.
func Load(name string, files fs.FS) (*Product, error) {
	p := &Product{Name: name, Rules: new(repair.Rules), Lock: new(inventory.Lock)}
	for _, part := range []struct {
		file     string
		required bool
		read     func([]byte) error
	}{
		{"openapi.json", true, into(&p.Contract, document.Decode)},
		{"numbers.yaml", false, p.Rules.ReadNumbers},
		{"summaries.tsv", false, into(&p.Rules.Summaries, inventory.ReadSummaries)},
		{"releases.tsv", false, into(&p.Rules.Releases, inventory.ReadReleases)},
		{"operations.tsv", false, into(&p.Lock.Rows, inventory.ReadInventory)},
		{"types.tsv", false, into(&p.Lock.Types, inventory.ReadTypes)},
		{"changes.yaml", false, into(&p.Lock.Changes, inventory.ReadChanges)},
		{"removed.json", false, into(&p.Lock.Removed, document.Decode)},
		{"source.yaml", false, into(&p.Rules.Merged, readMerged)},
	} {
		text, err := fs.ReadFile(files, part.file)
		if errors.Is(err, fs.ErrNotExist) && !part.required {
			continue
		}
		if err == nil {
			err = part.read(text)
		}
		if err != nil {
			return nil, fmt.Errorf("specs/%s/%s: %w", name, part.file, err)
		}
	}
	if err := p.Rules.ReadOverlays(files); err != nil {
		return nil, fmt.Errorf("specs/%s: %w", name, err)
	}
	p.Lock.Release = document.Release(p.Contract)
	p.Rules.Shapes = map[document.Route]string{}
	for _, row := range p.Lock.Rows {
		p.Rules.Shapes[row.Route()] = row.Shape
	}
	return p, nil
}

// into keeps what a reader makes of a file.
func into[V any](value *V, read func([]byte) (V, error)) func([]byte) error {
	return func(text []byte) (err error) {
		*value, err = read(text)
		return err
	}
}

// readMerged reads of source.yaml whether a site's document was pulled over the contract.
func readMerged(text []byte) (bool, error) {
	var source struct {
		Merged bool `yaml:"merged"`
	}
	err := yaml.Unmarshal(text, &source)
	return source.Merged, err
}

// Release is the release that the contract says it is of.
func (p *Product) Release() string { return document.Release(p.Contract) }

// Repair makes the effective document of the product's contract.
func (p *Product) Repair() (document.Object, error) { return p.RepairOf(p.Contract) }

// RepairOf does to another document, such as a newer contract, what Repair does to
// the product's own.
func (p *Product) RepairOf(published document.Object) (document.Object, error) {
	restored, err := p.Lock.Restore(published)
	if err != nil {
		return nil, err
	}
	return p.Rules.Apply(restored)
}

// Misfits lists every action of the overlay that does not fit the contract.
func (p *Product) Misfits() ([]string, error) {
	restored, err := p.Lock.Restore(p.Contract)
	if err != nil {
		return nil, err
	}
	return p.Rules.Misfits(restored)
}

// Unneeded lists the repairs without which the same effective document comes out.
func (p *Product) Unneeded() ([]repair.Repair, error) {
	restored, err := p.Lock.Restore(p.Contract)
	if err != nil {
		return nil, err
	}
	return p.Rules.Unneeded(restored)
}

// Draft makes the tables fit the contract.
func (p *Product) Draft() (inventory.Drafts, error) {
	restored, err := p.Lock.Restore(p.Contract)
	if err != nil {
		return inventory.Drafts{}, err
	}
	return p.Lock.Draft(restored, p.Rules)
}

// MergeSite lays a site's document over the contract, see [MergeSite].
func (p *Product) MergeSite(site document.Object, confirms bool) (contract.Merge, error) {
	merged, rules := *p, *p.Rules
	rules.Merged, merged.Rules = true, &rules
	return contract.MergeSite(p.Contract, site, confirms, merged.RepairOf)
}

// Check proves that what the tables and changes.yaml state is so in the contract and
// the effective document made of it.
func (p *Product) Check(effective document.Object) error {
	return errors.Join(p.Lock.CheckStatements(p.Contract, effective),
		inventory.CheckTables(p.Rules, p.Contract, effective), inventory.CheckRoutes(p.Contract, inventory.InventoryOf(effective)))
}
