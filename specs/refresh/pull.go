package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
)

// source is source.yaml: where a contract came from. It has no time and no folder, and of
// a URL neither user nor query, so that pulling the same bytes again changes nothing.
type source struct {
	Product  string `yaml:"product"`
	Release  string `yaml:"release"`
	Origin   string `yaml:"origin"`
	Served   string `yaml:"sha256_served"`
	Contract string `yaml:"sha256_contract"`
	Merged   bool   `yaml:"merged,omitempty"` // a site's document was merged into our own contract
}

// An order is what the caller of pull, try or upgrade asks for.
type order struct {
	from, dir string
	release   string // which of the documents that a page lists
	files     bool   // a document of that release, if it is an earlier one, goes below releases/
	defects   bool   // accept a document with defects: a later stage lists them
	access    access
}

// flags declares the flags that say where a document is.
func (o *order) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.from, "from", "", "the document, or a page that shows it: an http or https URL, or a file")
	flags.StringVar(&o.release, "release", "", "which document, where a page lists several; pull files that of an earlier release below releases/")
	flags.StringVar(&o.access.ca, "ca", "", "a PEM file with the authority of the server's certificate")
	flags.BoolVar(&o.access.insecure, "insecure", false, "accept any certificate")
}

// pullCommand reads the flags of pull, try and upgrade. No flag takes a secret.
func pullCommand(ctx context.Context, name string, arguments []string, out, errOut io.Writer) error {
	var o order
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o.flags(flags)
	flags.StringVar(&o.dir, "out", "", "the folder to write into; specs/PRODUCT by default")
	flags.StringVar(&o.access.user, "user", "", "log in with this name first; the password comes from the environment or a prompt")
	flags.BoolVar(&o.access.clientKey, "client-key", false, "send a client key, from the environment or a prompt")
	quick := flags.Bool("quick", false, "upgrade: leave out the tests")
	root := flags.String("root", ".", "the root of the repository")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 1 || !known(flags.Arg(0)) || o.from == "" || name == "try" && o.dir == "" {
		return errUsage
	}
	p := project{root: *root, product: flags.Arg(0), out: out}
	o.access.product, o.access.errOut = p.product, errOut
	switch name {
	case "try":
		return p.try(ctx, o)
	case "upgrade":
		return p.upgrade(ctx, o, *quick)
	}
	o.files = true
	_, err := p.pull(ctx, o)
	return err
}

// pull reads a published document and writes the contract made of it, or writes nothing if
// the document cannot be used. It returns the lines of a merge with a site's document.
func (p project) pull(ctx context.Context, o order) ([]string, error) {
	if o.dir == "" {
		o.dir = p.specs("")
	}
	served, origin, err := fetch(ctx, o)
	if err != nil {
		return nil, err
	}
	result, err := p.contractOf(served, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", origin, err)
	}
	text, err := document.Encode(result.contract)
	if err != nil {
		return nil, err
	}
	about := source{
		Product: p.product, Release: document.Release(result.contract), Origin: origin,
		Served: sum(served), Contract: sum(text), Merged: p.about().Ours,
	}
	aboutText, err := yaml.Marshal(about)
	if err != nil {
		return nil, err
	}
	p.report(result)
	file, aboutFile := "openapi.json", "source.yaml"
	if result.earlier {
		file, aboutFile = "releases/"+about.Release+".json", "releases/"+about.Release+".yaml"
	}
	files := map[string][]byte{file: text, aboutFile: aboutText}
	if about.Merged {
		files[own] = result.own
	}
	for name, text := range files {
		if err := write(filepath.Join(o.dir, name), text); err != nil {
			return nil, err
		}
	}
	p.say(file+": %s %s, %d bytes of %d served", p.product, about.Release, len(text), len(served))
	return result.lines, nil
}

// pulled is a contract with what pull prints about it.
type pulled struct {
	contract document.Object
	stripped contract.Stripped
	lines    []string
	earlier  bool   // of a release before that of the repository, which was asked for
	own      []byte // our contract, if the published document was merged into it
}

// contractOf makes a contract of the text of a published document. The contract of a
// product whose document we wrote is ours, with the published one merged into it.
func (p project) contractOf(served []byte, o order) (pulled, error) {
	published, err := readDocument(served)
	if err != nil {
		return pulled{}, err
	}
	var result pulled
	if published["swagger"] != nil {
		if published, err = fromSwagger(published); err != nil {
			return pulled{}, err
		}
		result.lines = append(result.lines, "converted from Swagger 2.0")
	}
	if result.contract, result.stripped, err = contract.Strip(published); err != nil {
		return pulled{}, err
	}
	result.lines = append(result.lines, result.stripped.Lines...)
	result.stripped.Extensions = slices.DeleteFunc(result.stripped.Extensions, func(at string) bool { return strings.HasSuffix(at, fromConverter) })
	if p.about().Ours {
		if err := p.mergeInto(o.dir, &result); err != nil {
			return pulled{}, err
		}
	}
	product, err := p.load()
	switch {
	case errors.Is(err, fs.ErrNotExist): // outside of a repository there are no repairs to try
		document.JoinPaths(result.contract)
		return result, nil
	case err != nil:
		return result, err
	case len(product.Lock.Rows) == 0: // a new product, of which no path is known yet
		document.JoinPaths(result.contract)
	}
	release := document.Release(result.contract)
	if o.files && o.release == release && document.CompareReleases(release, product.Release()) < 0 {
		result.earlier = true
		_, err = product.Rules.ApplyToRelease(result.contract)
	} else if !o.defects {
		err = product.Rules.Fit(result.contract)
	}
	return result, err
}

// fromConverter is an extension that the converter from Swagger 2.0 writes.
const fromConverter = "/requestBody/x-originalParamName"

// report prints what was left out of the published document, and the lines of a merge.
func (p project) report(result pulled) {
	var words []string
	for _, keyword := range slices.Sorted(maps.Keys(result.stripped.Prose)) {
		words = append(words, fmt.Sprintf("%d %s", result.stripped.Prose[keyword], keyword))
	}
	p.say("left out: %s", strings.Join(words, ", "))
	places := map[string][]string{} // of an extension
	for _, at := range result.stripped.Extensions {
		name := at[strings.LastIndexByte(at, '/')+1:]
		places[name] = append(places[name], at)
	}
	const most = 3 // some generators write an extension at every object
	for _, name := range slices.Sorted(maps.Keys(places)) {
		if at := places[name]; len(at) > most {
			p.say("dropped the vendor's extension %q at %d places, the first of them %q", name, len(at), at[0])
			continue
		}
		for _, at := range places[name] {
			p.say("dropped the vendor's extension %q", at)
		}
	}
	for _, at := range result.stripped.Unknown {
		p.say("dropped %q, which OpenAPI does not have there", at)
	}
	for _, line := range result.lines {
		p.say("%s", printable(line))
	}
}

func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// misfitLine begins the line of a repair that does not fit a merged contract as stated.
const misfitLine = "repair applied where it fits: "

// own is the file of a contract of ours, kept beside the one that a site's document was merged
// into: the next document of a site is merged into it anew.
const own = "own.json"

// acknowledged is the file with the lines of merges that a site has read and accepts.
const acknowledged = "acknowledged.txt"

// firstOf reads a file of the first name that exists, in dir or else in the repository.
func (p project) firstOf(dir string, names ...string) ([]byte, error) {
	for _, folder := range []string{dir, p.specs("")} {
		for _, name := range names {
			if text, err := os.ReadFile(filepath.Join(folder, name)); !errors.Is(err, fs.ErrNotExist) {
				return text, err
			}
		}
	}
	return nil, fs.ErrNotExist
}

// mergeInto merges a site's document into our contract.
func (p project) mergeInto(dir string, site *pulled) error {
	product, err := p.load()
	if err != nil {
		return err
	}
	if site.own, err = p.firstOf(dir, own, "openapi.json"); err != nil {
		return err
	}
	base := site.own
	// Our own contract, which a simulator serves, confirms nothing.
	isSites := !slices.ContainsFunc(site.stripped.Extensions, func(at string) bool { return strings.HasSuffix(at, "/x-provenance") })
	if !isSites {
		if base, err = p.firstOf(dir, "openapi.json"); err != nil {
			return err
		}
	}
	if product.Contract, err = document.Decode(base); err != nil {
		return err
	}
	merged, err := product.MergeSite(site.contract, isSites)
	if err != nil {
		return err
	}
	product.Contract, product.Rules.Merged = merged.Contract, true
	misfits, err := product.Misfits()
	if err != nil {
		return err
	}
	site.contract = merged.Contract
	site.lines = append(site.lines, merged.Lines...)
	for _, misfit := range misfits {
		site.lines = append(site.lines, misfitLine+misfit)
	}
	return nil
}

// disagrees reports whether a line of a merge needs a reader: our contract and the site's
// document differ.
func disagrees(line string) bool {
	return slices.ContainsFunc([]string{"contradicts: ", "left out: ", "not in the document: ", "not described: "}, func(start string) bool { return strings.HasPrefix(line, start) })
}
