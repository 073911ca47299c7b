package specs

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// About is product.yaml: what the tools have to know of a product besides its document.
type About struct {
	Title string `yaml:"title"` // in documents for readers
	Ours  bool   `yaml:"ours"`  // the contract is our own: the document of a site is merged into it
	Login struct {
		Root      string `yaml:"root"`       // the path below which the API lives
		Path      string `yaml:"path"`       // where a name and a password are exchanged for a token; "" if there is no login
		Token     string `yaml:"token"`      // the token in the response: data.access_token
		Password  string `yaml:"password"`   // the environment variable of the password
		ClientKey string `yaml:"client-key"` // and of the client key; "" if the product has none
	} `yaml:"login"`
}

//go:embed */product.yaml */effective.json
var folders embed.FS

// Products returns the products by name.
var Products = sync.OnceValue(func() map[string]About {
	all := map[string]About{}
	files, err := fs.Glob(folders, "*/product.yaml")
	for _, file := range files {
		var text []byte
		if text, err = folders.ReadFile(file); err != nil {
			break
		}
		var about About
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err = decoder.Decode(&about); err != nil {
			break
		}
		all[path.Dir(file)] = about
	}
	if err != nil {
		panic("specs: product.yaml: " + err.Error()) // compiled in: a test reads them all
	}
	return all
})

// A Product is a vendor's contract with everything that is stated about it: the files of
// specs/NAME except the generated ones.
type Product struct {
	Name     string
	Contract document.Object   // openapi.json
	Releases []document.Object // the contracts of earlier releases: releases/*.json, the oldest first
	Rules    *repair.Rules     // the overlay, numbers.yaml and the tables of routes
	Lock     *inventory.Lock   // the committed names
}

// Load reads the files of a product from a file system whose root is specs/NAME. Only
// openapi.json and overlay.yaml are required.
func Load(name string, files fs.FS) (*Product, error) {
	p := &Product{Name: name, Rules: new(repair.Rules), Lock: new(inventory.Lock)}
	for _, part := range []struct {
		file     string
		required bool
		read     func([]byte) error
	}{
		{"openapi.json", true, into(&p.Contract, document.Decode)},
		{"numbers.yaml", false, p.Rules.ReadNumbers},
		{"names.yaml", false, into(&p.Rules.Names, repair.ReadNames)},
		{"summaries.tsv", false, into(&p.Rules.Summaries, inventory.ReadSummaries)},
		{"releases.tsv", false, into(&p.Rules.Releases, inventory.ReadReleases)},
		{"operations.tsv", false, into(&p.Lock.Rows, inventory.ReadRows)},
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
	p.respell()
	if err := p.readReleases(files); err != nil {
		return nil, fmt.Errorf("specs/%s: %w", name, err)
	}
	p.Lock.Release = document.Release(p.Contract)
	p.Rules.Committed = map[document.Route]repair.Committed{}
	for _, row := range p.Lock.Rows {
		service, method, _ := strings.Cut(row.Service, ".")
		p.Rules.Committed[row.Route()] = repair.Committed{ID: row.ID, Service: service, Method: method, Shape: row.Shape}
	}
	return p, nil
}

// respell gives the routes of the tables the names that the contract has for the parameters of
// their paths: a release that renames one has the same operation.
func (p *Product) respell() {
	var routes []document.Route
	for _, row := range p.Lock.Rows {
		routes = append(routes, row.Route())
	}
	for _, known := range []iter.Seq[document.Route]{maps.Keys(p.Rules.Summaries), maps.Keys(p.Rules.Releases)} {
		routes = slices.AppendSeq(routes, known)
	}
	for from, to := range document.Respelled(p.Contract, routes) {
		for i, row := range p.Lock.Rows {
			if row.Route() == from {
				p.Lock.Rows[i].Path = to.Path
			}
		}
		if summary, ok := p.Rules.Summaries[from]; ok {
			delete(p.Rules.Summaries, from)
			p.Rules.Summaries[to] = summary
		}
		if release, ok := p.Rules.Releases[from]; ok {
			delete(p.Rules.Releases, from)
			p.Rules.Releases[to] = release
		}
		for at, summary := range p.Rules.Summaries {
			if summary.Successor == from.String() {
				summary.Successor = to.String()
				p.Rules.Summaries[at] = summary
			}
		}
	}
}

// into stores what a reader makes of a file.
func into[V any](value *V, read func([]byte) (V, error)) func([]byte) error {
	return func(text []byte) (err error) {
		*value, err = read(text)
		return err
	}
}

// readReleases reads the contracts of earlier releases, with the names of path parameters
// that the newest has. A route is known since the earliest of them that has it, if
// releases.tsv does not have an earlier release.
func (p *Product) readReleases(files fs.FS) error {
	names, err := fs.Glob(files, "releases/*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		contract, err := document.Decode(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		document.Respell(contract, p.Contract)
		p.Releases = append(p.Releases, contract)
		release := document.Release(contract)
		for _, o := range document.Operations(contract) {
			if since, ok := p.Rules.Releases[o.Route()]; ok && document.CompareReleases(release, since) < 0 {
				p.Rules.Releases[o.Route()] = release
			}
		}
	}
	slices.SortFunc(p.Releases, func(a, b document.Object) int {
		return document.CompareReleases(document.Release(a), document.Release(b))
	})
	return nil
}

// readMerged reads from source.yaml whether a site's document was merged into the contract.
func readMerged(text []byte) (bool, error) {
	var source struct {
		Merged bool `yaml:"merged"`
	}
	err := yaml.Unmarshal(text, &source)
	return source.Merged, err
}

// Effective returns the effective document of a product, such as "weka", as committed.
func Effective(product string) ([]byte, error) {
	text, err := folders.ReadFile(product + "/effective.json")
	if err != nil {
		return nil, fmt.Errorf("specs: unknown product %q", product)
	}
	return text, nil
}

// Release returns the release of the contract.
func (p *Product) Release() string { return document.Release(p.Contract) }

// Repair makes the effective document of the contract.
func (p *Product) Repair() (document.Object, error) { return p.RepairOf(p.Contract) }

// RepairOf makes the effective document of another contract, such as that of a newer release.
func (p *Product) RepairOf(contract document.Object) (document.Object, error) {
	return with(p, contract, p.Rules.Apply)
}

// Served makes the documents of the earlier releases that simulators serve, by file name.
func (p *Product) Served() (map[string]document.Object, error) {
	served := map[string]document.Object{}
	for _, contract := range p.Releases {
		doc, err := p.Rules.ApplyToRelease(contract)
		if err != nil {
			return nil, fmt.Errorf("releases/%s.json: %w", document.Release(contract), err)
		}
		served["releases/effective/"+document.Release(contract)+".json"] = doc
	}
	return served, nil
}

// Misfits lists the actions of the overlay that do not fit the contract.
func (p *Product) Misfits() ([]string, error) { return with(p, p.Contract, p.Rules.Misfits) }

// Problems lists what keeps the contract from being repaired.
func (p *Product) Problems() (repair.Problems, error) { return with(p, p.Contract, p.Rules.Problems) }

// Unneeded lists the repairs without which the effective document is the same.
func (p *Product) Unneeded() ([]repair.Repair, error) {
	return with(p, p.Contract, p.Rules.Unneeded)
}

// Draft makes the tables of routes for the contract.
func (p *Product) Draft() (inventory.Drafts, error) {
	return with(p, p.Contract, func(restored document.Object) (inventory.Drafts, error) { return p.Lock.Draft(restored, p.Rules) })
}

// with calls a function on a contract that has its removed operations, see
// [inventory.Lock.Restore].
func with[V any](p *Product, contract document.Object, call func(document.Object) (V, error)) (V, error) {
	restored, err := p.Lock.Restore(contract)
	if err != nil {
		var none V
		return none, err
	}
	return call(restored)
}

// MergeSite merges a site's document into the contract, see [contract.MergeSite].
func (p *Product) MergeSite(site document.Object, confirms bool) (contract.Merge, error) {
	merged, rules := *p, *p.Rules
	rules.Merged, merged.Rules = true, &rules
	return contract.MergeSite(p.Contract, site, confirms, merged.RepairOf)
}

// Check returns an error if a table or changes.yaml states what is not true of the contract
// and its effective document.
func (p *Product) Check(effective document.Object) error {
	return errors.Join(p.Lock.CheckStatements(p.Contract, effective),
		inventory.CheckTables(p.Rules, p.Contract, effective), inventory.CheckRoutes(p.Contract, inventory.RowsOf(effective)))
}
