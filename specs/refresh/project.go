package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/natefinch/atomic"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// A project is the repository as one command sees it: where it is, and which
// product the command is about ("" if about all).
type project struct {
	root    string
	product string
	out     io.Writer
}

func (p project) specs(name string) string {
	return filepath.Join(p.root, "specs", p.product, name)
}

func (p project) load() (*specs.Product, error) {
	return specs.Load(p.product, os.DirFS(p.specs("")))
}

func (p project) say(format string, arguments ...any) {
	_, _ = fmt.Fprintf(p.out, format+"\n", arguments...)
}

// effective makes the effective document of a product and its text.
func effective(product *specs.Product) (document.Object, []byte, error) {
	doc, err := product.Repair()
	if err != nil {
		return nil, nil, err
	}
	text, err := document.Encode(doc)
	return doc, text, err
}

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
	if err := p.sayIdle(product); err != nil {
		return err
	}
	p.say("effective.json: %d operations, %d bytes", len(inventory.InventoryOf(doc)), len(text))
	return write(p.specs("effective.json"), text)
}

// sayIdle lists the repairs that do not fit a contract merged with a site's document.
func (p project) sayIdle(product *specs.Product) error {
	if !product.Rules.Merged {
		return nil
	}
	idle, err := product.Misfits()
	for _, one := range idle {
		p.say("%s%s", repairLine, printable(one))
	}
	return err
}

// inventory adds rows for operations and types that are new. A committed row that
// would change is an error unless changes.yaml states it, and the files stay as they are.
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
	rows := inventory.InventoryOf(doc)
	p.say("operations.tsv: %d rows for %d routes", len(rows), inventory.Accounted(rows))
	return errors.Join(
		write(p.specs("operations.tsv"), inventory.WriteInventory(rows)),
		write(p.specs("types.tsv"), inventory.WriteTypes(inventory.TypesOf(doc))))
}

// write replaces a file in one step: a reader, or a crash, sees the old text or
// the new one.
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

// oneLine joins the lines of an error, so that what a command prints is one line,
// and drops control characters that a hostile document may have put into it.
func oneLine(err error) string { return printable(err.Error()) }

func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
