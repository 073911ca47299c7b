package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// workspace is a copy of the repository that mutants are made in, one at a time.
type workspace struct {
	tree *os.Root // the copy
	temp string   // what its tests take for the temporary folder
}

// newWorkspace copies the files that git tracks, or would if they were added, as
// they are in the work tree.
func newWorkspace(ctx context.Context, repository, folder string) (*workspace, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = repository
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	w, err := emptyWorkspace(folder)
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(repository, name))
		if os.IsNotExist(err) {
			continue // removed, and git does not know yet
		}
		if err == nil {
			err = w.write(name, data)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func emptyWorkspace(folder string) (*workspace, error) {
	tree, temp := filepath.Join(folder, "tree"), filepath.Join(folder, "tmp")
	for _, path := range []string{tree, temp} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(tree)
	return &workspace{tree: root, temp: temp}, err
}

func (w *workspace) write(name string, data []byte) error {
	if err := w.tree.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	return w.tree.WriteFile(name, data, 0o600)
}

// try makes the mutant, runs its test and puts the file back.
func (w *workspace) try(ctx context.Context, m mutation) verdict {
	name := filepath.Join(m.Package, m.File)
	original, err := w.tree.ReadFile(name)
	if err != nil {
		return doesNotApply
	}
	mutant, ok := m.apply(string(original))
	if !ok || w.write(name, []byte(mutant)) != nil {
		return doesNotApply
	}
	events, failure := w.runTests(ctx, m.Package, "^"+m.Test+"$")
	if w.write(name, original) != nil {
		return leftBehind
	}
	return judge(events, failure, m.Test)
}

// apply changes the one place that m names; false if there is none, or more.
func (m mutation) apply(source string) (string, bool) {
	if strings.Count(source, m.Old) != 1 {
		return "", false
	}
	return strings.Replace(source, m.Old, m.New, 1), true
}

const (
	testLimit = 60 * time.Second // a mutant that hangs is a mutant that is noticed
	graceTime = 5 * time.Second  // for processes that a test started
)

// runTests returns what go test -json writes. The error is that of go test: the tests
// failed, or there was nothing to run.
func (w *workspace) runTests(ctx context.Context, folder, pattern string) ([]byte, error) {
	//nolint:gosec // the names are those of the committed table
	command := exec.CommandContext(ctx, "go", "test", "-json", "-vet=off", "-count=1",
		"-timeout="+testLimit.String(), "-run="+pattern, "./"+folder)
	command.Dir = w.tree.Name()
	command.Env = append(os.Environ(), "GOWORK=", "TMPDIR="+w.temp)
	command.WaitDelay = graceTime
	return command.Output()
}
