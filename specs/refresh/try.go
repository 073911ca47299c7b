package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// try pulls a document, generates the product's half and compiles it, all in a copy of
// the module: the work tree is only read. The copy is left in the folder that the caller names, ready for
// `go test` or for a look at what the document makes of the SDK.
func (p project) try(ctx context.Context, o order) error {
	if err := p.emptyOutside(o.dir); err != nil {
		return err
	}
	served, err := os.MkdirTemp("", "hotcold-try-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(served) }()
	contract := o
	contract.dir, contract.defects = served, true
	if _, err := p.pull(ctx, contract); err != nil {
		return err // before anything is copied
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum", "generate.go", "tools.go", "specs", "gen", "overlay"} {
		if err := copyTree(filepath.Join(p.root, name), filepath.Join(o.dir, name)); err != nil {
			return err
		}
	}
	there := project{root: o.dir, product: p.product, out: p.out}
	if err := copyTree(served, there.specs("")); err != nil {
		return err
	}
	if err := errors.Join(there.repair(), there.inventory()); err != nil {
		return err
	}
	build := []string{"go", "build", "./gen/" + p.product + "api"}
	if _, err := os.Stat(filepath.Join(o.dir, "overlay", p.product)); err == nil {
		build = append(build, "./overlay/"+p.product+"/...")
	}
	for _, command := range [][]string{{"go", "generate", "-run", "oapi-codegen.*specs/" + p.product + "/", "."}, build} {
		if err := there.tool(ctx, command...); err != nil {
			return err
		}
	}
	if err := there.check(); err != nil {
		return err
	}
	p.say("pulled, generated and compiled; the copy can be tested there: go test ./overlay/%s/...", p.product)
	return nil
}

// emptyOutside refuses a folder with something in it, and one of this repository,
// which the copy would become a part of.
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

// tool runs a command of the Go toolchain in the root.
func (p project) tool(ctx context.Context, command ...string) error {
	run := exec.CommandContext(ctx, command[0], command[1:]...)
	run.Dir, run.Env = p.root, inCopy()
	if output, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s in the copy: %w: %s", command[0], command[1], err, passed.ReplaceAll(output, nil))
	}
	return nil
}

// passed are the lines of go test about packages that have no part in a failure.
var passed = regexp.MustCompile(`(?m)^(ok  |\?   )\t.*\n`)

// inCopy is the environment of a Go command in a copy of the module: without go.work,
// and without paths in what is compiled, so that copies share the build cache.
func inCopy() []string { return append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath") }
