package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
)

// repairLine begins the line of a repair that does not fit a merged contract as stated.
const repairLine = "repair carried out where it fits: "

// isOurs tells a product whose contract we wrote, since nobody publishes its
// document: a site's own is laid over it. The others are pulled as they are.
func isOurs(product string) bool { return product == "ngenea" }

// mergeInto lays a site's document over the contract in dir, or over the
// repository's own where dir has none yet.
func (p project) mergeInto(dir string, site pulled) (pulled, error) {
	product, err := p.load()
	if err != nil {
		return pulled{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "openapi.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return pulled{}, err
	default:
		if product.Contract, err = document.Decode(text); err != nil {
			return pulled{}, err
		}
	}
	merged, err := product.MergeSite(site.document, !ofOurs(site.stripped))
	if err != nil {
		return pulled{}, err
	}
	product.Contract, product.Rules.Merged = merged.Contract, true
	idle, err := product.Misfits()
	if err != nil {
		return pulled{}, err
	}
	lines := slices.Concat(site.lines, merged.Lines)
	for _, repair := range idle {
		lines = append(lines, repairLine+repair)
	}
	return pulled{merged.Contract, site.stripped, lines}, nil
}

// disagrees tells a line of a merge by which the site's document and our contract are not
// of one mind, so that a human reads it.
func disagrees(line string) bool {
	return slices.ContainsFunc([]string{"contradicts: ", "left out: ", "not in the document: "}, func(says string) bool { return strings.HasPrefix(line, says) })
}

// ofOurs tells our own contract, which a simulator serves, from a site's document: it
// confirms nothing.
func ofOurs(stripped contract.Stripped) bool {
	for _, at := range stripped.Extensions {
		if strings.HasSuffix(at, "/x-provenance") {
			return true
		}
	}
	return false
}
