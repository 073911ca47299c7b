package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/natefinch/atomic"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// A project is a tree of the repository, or a copy, and the product that a command is
// about ("" for all).
type project struct {
	root    string
	product string
	out     io.Writer
}

// specs returns the path of a file of the product.
func (p project) specs(name string) string {
	return filepath.Join(p.root, "specs", p.product, name)
}

// generatedGo returns the path of a file of the generated package.
func (p project) generatedGo(name string) string {
	return filepath.Join(p.root, "gen", p.product+"api", name)
}

func (p project) about() specs.About { return specs.Products()[p.product] }

func (p project) load() (*specs.Product, error) {
	return specs.Load(p.product, os.DirFS(p.specs("")))
}

// say prints a line.
func (p project) say(format string, arguments ...any) {
	_, _ = fmt.Fprintf(p.out, format+"\n", arguments...)
}

// made is a product with what its repairs make of the contract.
type made struct {
	product  *specs.Product
	document document.Object
	text     []byte
}

func madeOf(product *specs.Product, doc document.Object) (*made, error) {
	text, err := document.Encode(doc)
	return &made{product, doc, text}, err
}

func (p project) make() (*made, error) {
	product, err := p.load()
	if err != nil {
		return nil, err
	}
	doc, err := product.Repair()
	if err != nil {
		return nil, err
	}
	return madeOf(product, doc)
}

// draft writes what a new contract needs: a line of the tables for each new route, and
// removed.json with the operations that the release removed, from the earlier documents. It
// returns the product with them.
func (p project) draft(earlier ...document.Object) (*specs.Product, inventory.Drafts, error) {
	var drafts inventory.Drafts
	product, err := p.load()
	if err != nil {
		return nil, drafts, err
	}
	if earlier == nil {
		earlier = []document.Object{product.Lock.Removed}
	}
	var removed []byte
	if product.Lock.Removed = product.Lock.KeepRemoved(product.Contract, earlier...); product.Lock.Removed != nil {
		if removed, err = document.Encode(product.Lock.Removed); err != nil {
			return nil, drafts, err
		}
	}
	if drafts, err = product.Draft(); err != nil {
		return nil, drafts, err
	}
	files := map[string][]byte{filepath.Join("specs", p.product, "removed.json"): removed}
	for file, text := range map[string][]byte{"summaries.tsv": drafts.Summaries, "releases.tsv": drafts.Releases} {
		if text != nil {
			files[filepath.Join("specs", p.product, file)] = text
		}
	}
	if err := p.replace(files); err != nil {
		return nil, drafts, err
	}
	product, err = p.load()
	return product, drafts, err
}

// repair writes effective.json, and first the drafts of the tables for new routes.
func (p project) repair() error {
	if _, _, err := p.draft(); err != nil {
		return err
	}
	m, err := p.make()
	if err != nil {
		return err
	}
	return p.writeEffective(m)
}

func (p project) writeEffective(m *made) error {
	if err := repair.Validate(m.document); err != nil {
		return fmt.Errorf("the repaired document is not valid: %w", err)
	}
	if m.product.Rules.Merged {
		misfits, err := m.product.Misfits()
		if err != nil {
			return err
		}
		for _, misfit := range misfits {
			p.say("%s%s", misfitLine, printable(misfit))
		}
	}
	p.say("effective.json: %d operations, %d bytes", len(inventory.RowsOf(m.document)), len(m.text))
	served, err := servedTexts(m.product)
	if err != nil {
		return err
	}
	for name, text := range served {
		err = errors.Join(err, write(p.specs(name), text))
	}
	return errors.Join(err, write(p.specs("effective.json"), m.text))
}

// servedTexts are the texts of the documents that simulators serve for earlier releases, by
// file name.
func servedTexts(product *specs.Product) (map[string][]byte, error) {
	served, err := product.Served()
	texts := map[string][]byte{}
	for name, doc := range served {
		text, problem := document.Encode(doc)
		texts[name], err = text, errors.Join(err, problem)
	}
	return texts, err
}

// inventory adds rows for new operations and types. If a committed row would change and
// changes.yaml does not state it, that is an error, and the files stay as they are.
func (p project) inventory() error {
	m, err := p.make()
	if err != nil {
		return err
	}
	return p.writeNames(m)
}

func (p project) writeNames(m *made) error {
	if err := m.product.Lock.Compare(m.document); err != nil {
		return err
	}
	rows := inventory.RowsOf(m.document)
	p.say("operations.tsv: %d rows for %d routes", len(rows), inventory.CountRoutes(rows))
	return errors.Join(
		write(p.specs("operations.tsv"), inventory.WriteRows(rows)),
		write(p.specs("types.tsv"), inventory.WriteTypes(inventory.TypesOf(m.document))))
}

// generate runs the generator for the product.
func (p project) generate(ctx context.Context) error {
	return p.tool(ctx, "go", "generate", "-run", "oapi-codegen.*specs/"+p.product+"/", ".")
}

// write replaces a file in one step, so that a reader sees the old text or the new one.
func write(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := atomic.WriteFile(path, bytes.NewReader(text)); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

// module are the parts of the repository that generating and building a product need.
var module = []string{"go.mod", "go.sum", "README.md", "generate.go", "tools.go", "specs", "gen", "overlay"}

// copyTo copies parts of the tree, as far as it has them, and returns the copy.
func (p project) copyTo(dir string, parts ...string) (project, error) {
	there := project{root: dir, product: p.product, out: p.out}
	for _, name := range parts {
		if err := copyTree(filepath.Join(p.root, name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return there, err
		}
	}
	return there, nil
}

// copyTree copies a file or a folder over what is there.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if entry.Name() == ".git" { // a folder, or the file of a work tree
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o644)
	})
}

// tool runs a command of the Go toolchain in the root of a copy.
func (p project) tool(ctx context.Context, command ...string) error {
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir, run.Env = p.root, append(inCopy(), "GOWORK=off")
	if output, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s in the copy: %w: %s", command[0], command[1], err, output)
	}
	return nil
}

// inCopy is the environment of a Go command in a copy of the module: without paths in the
// compiled files, so that copies share the build cache.
func inCopy() []string { return append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false") }

// printable makes one line of a text. It drops control characters, which a document can
// contain.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
