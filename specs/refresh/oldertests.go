package main

import (
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// compileOlderTests lays the tests of a release over a copy of the new code, where they
// only have to compile: what they use is what programs use. Tests of a package's own
// inside (package weka instead of weka_test) stay the new ones, for they may use what is
// not exported. It returns what the compiler says, a line a package.
func (p project) compileOlderTests(ctx context.Context, tag, older string) ([]string, error) {
	dir, err := os.MkdirTemp("", "hotcold-older-tests-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := copyNeeded(p.root, dir, "go.mod", "go.sum", "specs", "gen", "overlay"); err != nil {
		return nil, err
	}
	for _, room := range []string{"gen", "overlay"} {
		if err := replaceTests(filepath.Join(older, room), filepath.Join(dir, room)); err != nil {
			return nil, err
		}
	}
	// One cheap check of vet: the question is what compiles, and nothing has to be linked.
	vet := exec.CommandContext(ctx, "go", append([]string{"vet", "-directive"}, promised...)...)
	vet.Dir, vet.Env = dir, inCopy()
	said, err := vet.CombinedOutput()
	if err == nil {
		return nil, nil
	}
	return compilerSays(tag, string(said)), nil
}

var complaint = regexp.MustCompile(`^(?:vet: )?\.?/?(\S+\.go):(\d+):\d+: (.+)$`)

// compilerSays takes the errors out of what the go command prints, or all of it if none
// is as expected.
func compilerSays(tag, said string) []string {
	var lines []string
	for line := range strings.Lines(said) {
		part := complaint.FindStringSubmatch(strings.TrimSpace(line))
		if part == nil {
			continue
		}
		// What a package lacks is said once more for its tests.
		says := "a test of " + tag + " no longer compiles: " + filepath.ToSlash(part[1]) + ":" + part[2] + ": " + printable(part[3])
		if !slices.Contains(lines, says) {
			lines = append(lines, says)
		}
	}
	if lines == nil {
		lines = []string{"the tests of " + tag + " no longer compile: " + printable(said)}
	}
	return lines
}

// replaceTests puts the tests of one tree in the place of another's, as far as they see
// their package from outside.
func replaceTests(from, to string) error {
	newer, err := outsideTests(to)
	if err != nil {
		return err
	}
	for _, name := range newer {
		if err := os.Remove(filepath.Join(to, name)); err != nil {
			return err
		}
	}
	older, err := outsideTests(from)
	if err != nil {
		return err
	}
	for _, name := range older {
		path := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := copyTree(filepath.Join(from, name), path); err != nil {
			return err
		}
	}
	return nil
}

// outsideTests are the test files below a folder, by their path from there, that belong
// to a package of their own (weka_test). A module of its own is left out.
func outsideTests(root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		if strings.HasSuffix(file.Name.Name, "_test") {
			name, err := filepath.Rel(root, path)
			names = append(names, name)
			return err
		}
		return nil
	})
	return names, err
}
