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
	tree string // the copy
	temp string // what its tests take for the temporary folder
}

// newWorkspace copies the files that git tracks, or would if they were added, as
// they are in the work tree.
func newWorkspace(ctx context.Context, root, folder string) (*workspace, error) {
	w := &workspace{tree: filepath.Join(folder, "tree"), temp: filepath.Join(folder, "tmp")}
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(w.tree, name)); err != nil {
			return nil, err
		}
	}
	return w, os.MkdirAll(w.temp, 0o700)
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return nil // removed, and git does not know yet
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// try makes the mutant, runs its test and puts the file back.
func (w *workspace) try(ctx context.Context, m mutation) verdict {
	path := filepath.Join(w.tree, m.Package, m.File)
	original, err := os.ReadFile(path)
	if err != nil {
		return doesNotApply
	}
	mutant, ok := m.apply(string(original))
	if !ok {
		return doesNotApply
	}
	if err := os.WriteFile(path, []byte(mutant), 0o644); err != nil {
		return doesNotApply
	}
	defer func() { _ = os.WriteFile(path, original, 0o644) }()
	events, err := w.runTests(ctx, m.Package, "^"+m.Test+"$")
	return judge(events, err, m.Test)
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
	command := exec.CommandContext(ctx, "go", "test", "-json", "-vet=off", "-count=1",
		"-timeout="+testLimit.String(), "-run="+pattern, "./"+folder)
	command.Dir = w.tree
	command.Env = append(os.Environ(), "GOWORK=", "TMPDIR="+w.temp)
	command.WaitDelay = graceTime
	return command.Output()
}
