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
	"regexp"
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

// effective makes the effective document of a product, and its text.
func effective(product *specs.Product) (document.Object, []byte, error) {
	doc, err := product.Repair()
	if err != nil {
		return nil, nil, err
	}
	text, err := document.Encode(doc)
	return doc, text, err
}

// repair writes effective.json.
func (p project) repair() error {
	product, err := p.load()
	if err != nil {
		return err
	}
	doc, text, err := effective(product)
	if err != nil {
		return err
	}
	if err := repair.Validate(doc); err != nil {
		return fmt.Errorf("the repaired document is not valid: %w", err)
	}
	if product.Rules.Merged {
		misfits, err := product.Misfits()
		if err != nil {
			return err
		}
		for _, misfit := range misfits {
			p.say("%s%s", misfitLine, printable(misfit))
		}
	}
	p.say("effective.json: %d operations, %d bytes", len(inventory.RowsOf(doc)), len(text))
	return write(p.specs("effective.json"), text)
}

// inventory adds rows for new operations and types. If a committed row would change and
// changes.yaml does not state it, that is an error, and the files stay as they are.
func (p project) inventory() error {
	product, err := p.load()
	if err != nil {
		return err
	}
	doc, err := product.Repair()
	if err != nil {
		return err
	}
	if err := product.Lock.Compare(doc); err != nil {
		return err
	}
	rows := inventory.RowsOf(doc)
	p.say("operations.tsv: %d rows for %d routes", len(rows), inventory.CountRoutes(rows))
	return errors.Join(
		write(p.specs("operations.tsv"), inventory.WriteRows(rows)),
		write(p.specs("types.tsv"), inventory.WriteTypes(inventory.TypesOf(doc))))
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
	run.Dir, run.Env = p.root, inCopy()
	if output, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s in the copy: %w: %s", command[0], command[1], err, passed.ReplaceAll(output, nil))
	}
	return nil
}

// passed matches the lines of go test about packages without a failure.
var passed = regexp.MustCompile(`(?m)^(ok  |\?   )\t.*\n`)

// inCopy is the environment of a Go command in a copy of the module: without go.work,
// and without paths in the compiled files, so that copies share the build cache.
func inCopy() []string { return append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath") }

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
