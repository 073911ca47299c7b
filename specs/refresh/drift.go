package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// drift regenerates everything in a copy of the repository and compares. The work
// tree is only read. In the copy, what is generated is spoilt first, so that a
// generator that does nothing cannot pass.
func (p project) drift(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "hotcold-drift-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, name := range []string{"go.mod", "go.sum", "generate.go", "tools.go", "specs", "gen", "overlay"} {
		if err := copyTree(filepath.Join(p.root, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	made, err := generatedFiles(p.root)
	if err != nil {
		return err
	}
	for _, name := range made {
		if err := spoil(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	generate := exec.CommandContext(ctx, "go", "generate", ".")
	generate.Dir, generate.Env = dir, append(os.Environ(), "GOWORK=off")
	if output, err := generate.CombinedOutput(); err != nil {
		return fmt.Errorf("go generate in a copy: %w: %s", err, output)
	}
	return p.compare(dir, made)
}

// generatedFiles are the files that go generate writes, relative to the root.
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

// spoil makes a generated file useless. The inventory is read by the generation
// itself, which only adds rows, so it loses its last row.
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

func (p project) compare(dir string, made []string) error {
	again, err := generatedFiles(dir)
	if err != nil {
		return err
	}
	if !slices.Equal(made, again) {
		return fmt.Errorf("go generate makes %v, the repository has %v", again, made)
	}
	for _, name := range made {
		here, err := os.ReadFile(filepath.Join(p.root, name))
		if err != nil {
			return err
		}
		there, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(here, there) {
			return fmt.Errorf("%s is not what go generate makes: run make generate, and read what changed", name)
		}
	}
	p.say("%d generated files are what go generate makes", len(made))
	return nil
}

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
