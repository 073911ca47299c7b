package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// drift regenerates everything in a copy of the repository and compares. It only reads the
// work tree. The generated files of the copy are spoilt first, so that a generator that
// writes nothing cannot pass.
func (p project) drift(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "hotcold-drift-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	there, err := p.copyTo(dir, module...)
	if err != nil {
		return err
	}
	names, err := generatedFiles(p.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := spoil(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := there.tool(ctx, "go", "generate", "."); err != nil {
		return err
	}
	return p.sameGenerated(dir, names)
}

// generatedFiles lists the files that go generate writes, relative to the root.
func generatedFiles(root string) ([]string, error) {
	var names []string
	for _, pattern := range []string{"specs/*/effective.json", "specs/*/operations.tsv", "specs/*/types.tsv", "gen/*/*.gen.go"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("nothing matches %s", pattern)
		}
		for _, path := range found {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
	}
	return names, nil
}

// spoil makes a generated file useless. The generation reads the tables itself and only
// adds rows, so a table loses its last row.
func spoil(path string) error {
	if !strings.HasSuffix(path, ".tsv") {
		return os.WriteFile(path, []byte("{}\n"), 0o644)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	return os.WriteFile(path, text[:bytes.LastIndexByte(text, '\n')+1], 0o644)
}

// sameGenerated compares the generated files with those of a copy.
func (p project) sameGenerated(dir string, names []string) error {
	again, err := generatedFiles(dir)
	if err != nil {
		return err
	}
	if !slices.Equal(names, again) {
		return fmt.Errorf("go generate writes %v, the repository has %v", again, names)
	}
	for _, name := range names {
		here, err := os.ReadFile(filepath.Join(p.root, name))
		if err != nil {
			return err
		}
		there, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(here, there) {
			return fmt.Errorf("%s is not what go generate writes: run make generate, and read what changed", name)
		}
	}
	p.say("%d generated files are what go generate writes", len(names))
	return nil
}

// try pulls a document, then generates and compiles the product in a copy of the module.
// The copy stays in the folder that the caller names, for go test or a look at the result.
func (p project) try(ctx context.Context, o order) error {
	if err := p.emptyOutside(o.dir); err != nil {
		return err
	}
	pulled, err := os.MkdirTemp("", "hotcold-try-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(pulled) }()
	contract := o
	contract.dir, contract.defects = pulled, true
	if _, err := p.pull(ctx, contract); err != nil {
		return err // before anything is copied
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	there, err := p.copyTo(o.dir, module...)
	if err != nil {
		return err
	}
	if err := errors.Join(copyTree(pulled, there.specs("")), there.repair(), there.inventory()); err != nil {
		return err
	}
	build := []string{"go", "build", "./gen/" + p.product + "api"}
	if _, err := os.Stat(filepath.Join(o.dir, "overlay", p.product)); err == nil {
		build = append(build, "./overlay/"+p.product+"/...")
	}
	if err := errors.Join(there.generate(ctx), there.countInReadme()); err != nil {
		return err
	}
	if err := there.tool(ctx, build...); err != nil {
		return err
	}
	if err := there.check(); err != nil {
		return err
	}
	p.say("pulled, generated and compiled; test the copy there: go test ./overlay/%s/...", p.product)
	return nil
}

// emptyOutside returns an error if a folder is not empty, or is within the repository.
func (p project) emptyOutside(dir string) error {
	root, err := filepath.Abs(p.root)
	if err != nil {
		return err
	}
	out, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if inside, err := filepath.Rel(root, out); err == nil && filepath.IsLocal(inside) {
		return errors.New("-out is in this repository: name a folder outside of it")
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return fmt.Errorf("-out %s is not empty: name a new folder", filepath.Base(out))
	}
	return nil
}
