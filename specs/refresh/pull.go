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

// source is source.yaml: where a contract came from. It holds no time and no
// folder, and of an address neither query nor user, so that pulling the same bytes again
// changes nothing.
type source struct {
	Product  string `yaml:"product"`
	Release  string `yaml:"release"`
	Origin   string `yaml:"origin"`
	Served   string `yaml:"sha256_served"`
	Contract string `yaml:"sha256_contract"`
	Merged   bool   `yaml:"merged,omitempty"` // a site's document was pulled over our own contract
}

// order is what the caller of pull asks for.
type order struct {
	from, dir string
	release   string // which of the documents that a page lists
	defects   bool   // the document's defects are found later, where their repairs are listed
	access    access
}

// pullCommand reads the flags of pull and try. No flag takes a secret as its value.
func pullCommand(ctx context.Context, name string, arguments []string, out, errOut io.Writer) error {
	var o order
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.from, "from", "", "the document, or a page that shows it: an http or https address, or a file")
	flags.StringVar(&o.dir, "out", "", "the folder to write into; specs/PRODUCT by default")
	flags.StringVar(&o.release, "release", "", "which document, where a page lists several")
	flags.StringVar(&o.access.ca, "ca", "", "a PEM file with the authority of the server's certificate")
	flags.BoolVar(&o.access.insecure, "insecure", false, "take any certificate")
	flags.StringVar(&o.access.user, "user", "", "log in by this name first; the password comes from the environment or a prompt")
	flags.BoolVar(&o.access.clientKey, "client-key", false, "send a client key, from the environment or a prompt")
	quick := flags.Bool("quick", false, "upgrade: leave out the tests")
	root := flags.String("root", ".", "the root of the repository")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 1 || !known(flags.Arg(0)) || o.from == "" {
		return errUsage
	}
	p := project{root: *root, product: flags.Arg(0), out: out}
	o.access.product, o.access.errOut = p.product, errOut
	if name == "try" {
		if o.dir == "" {
			return errUsage
		}
		return p.try(ctx, o)
	}
	if name == "upgrade" {
		return p.upgrade(ctx, o, *quick)
	}
	_, err := p.pull(ctx, o)
	return err
}

// pull reads a published document and writes the contract made of it. Nothing is
// written unless the document is fit. It returns what a human has to know of it.
func (p project) pull(ctx context.Context, o order) ([]string, error) {
	if o.dir == "" {
		o.dir = p.specs("")
	}
	served, origin, err := fetch(ctx, o)
	if err != nil {
		return nil, err
	}
	published, err := p.contractOf(served)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", origin, err)
	}
	about := source{Product: p.product, Origin: origin, Served: sum(served)}
	if isOurs(p.product) {
		if published, err = p.mergeInto(o.dir, published); err != nil {
			return nil, fmt.Errorf("%s: %w", origin, err)
		}
		about.Merged = true
	}
	if !o.defects {
		if err := p.fit(published.document); err != nil {
			return nil, fmt.Errorf("%s: %w", origin, err)
		}
	}
	text, err := document.Encode(published.document)
	if err != nil {
		return nil, err
	}
	about.Release, about.Contract = release(published.document), sum(text)
	aboutText, err := yaml.Marshal(about)
	if err != nil {
		return nil, err
	}
	p.report(published)
	if err := replace(o.dir, text, aboutText); err != nil {
		return nil, err
	}
	p.say("openapi.json: %s %s, %d bytes of %d served", p.product, about.Release, len(text), len(served))
	return published.lines, nil
}

// fit refuses a contract of which no Go can be made with the repairs that the repository
// has. Outside of a repository there is nothing to judge by.
func (p project) fit(published document.Object) error {
	product, err := p.load()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return product.Rules.Fit(published)
}

// A pulled document is a contract with what is to be said about it.
type pulled struct {
	document document.Object
	stripped contract.Stripped
	lines    []string // what else a human has to know
}

// contractOf makes a contract of the text of a published document.
func (p project) contractOf(served []byte) (pulled, error) {
	published, err := readDocument(served)
	if err != nil {
		return pulled{}, err
	}
	var lines []string
	if published["swagger"] != nil {
		if published, err = fromSwagger(published); err != nil {
			return pulled{}, err
		}
		lines = append(lines, "converted from Swagger 2.0")
	}
	published, stripped, err := contract.Strip(published)
	if err != nil {
		return pulled{}, err
	}
	stripped.Extensions = slices.DeleteFunc(stripped.Extensions, func(at string) bool { return strings.HasSuffix(at, fromConverter) })
	return pulled{published, stripped, lines}, nil
}

// fromConverter is the extension that the converter itself writes.
const fromConverter = "/requestBody/x-originalParamName"

func release(published document.Object) string {
	info, _ := published["info"].(document.Object)
	version, _ := info["version"].(string)
	return version
}

func (p project) report(published pulled) {
	stripped := published.stripped
	var words []string
	for keyword, count := range stripped.Prose {
		words = append(words, fmt.Sprintf("%d %s", count, keyword))
	}
	slices.Sort(words)
	p.say("left out: %s", strings.Join(words, ", "))
	p.reportExtensions(stripped.Extensions)
	for _, at := range stripped.Unknown {
		p.say("dropped %q, which OpenAPI 3.0 does not know", at)
	}
	for _, line := range published.lines {
		p.say("%s", printable(line))
	}
}

// mostPlaces is how many places of one extension are named; generators write some at
// every object.
const mostPlaces = 3

func (p project) reportExtensions(places []string) {
	byName := map[string][]string{}
	for _, at := range places {
		name := at[strings.LastIndexByte(at, '/')+1:]
		byName[name] = append(byName[name], at)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if at := byName[name]; len(at) > mostPlaces {
			p.say("dropped the vendor's extension %q at %d places, the first of them %q", name, len(at), at[0])
			continue
		}
		for _, at := range byName[name] {
			p.say("dropped the vendor's extension %q", at)
		}
	}
}

func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// replace writes contract and source together: if the second cannot be written,
// the first becomes what it was.
func replace(dir string, published, about []byte) error {
	path := filepath.Join(dir, "openapi.json")
	old, absent := os.ReadFile(path)
	if err := write(path, published); err != nil {
		return err
	}
	err := write(filepath.Join(dir, "source.yaml"), about)
	switch {
	case err == nil:
		return nil
	case absent != nil:
		return errors.Join(err, os.Remove(path))
	default:
		return errors.Join(err, write(path, old))
	}
}
