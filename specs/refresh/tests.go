package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// compile compiles each package of each module, with its tests, and returns the errors. If
// quick, it leaves out the tests, and all modules but that of the root.
func (p project) compile(ctx context.Context, quick bool) (failures []string, err error) {
	modules := []string{"."}
	if !quick {
		if modules, err = p.modules(); err != nil {
			return nil, err
		}
	}
	for _, module := range modules {
		list := exec.CommandContext(ctx, "go", "list", "-e", fmt.Sprintf("-test=%t", !quick), "-export", "-f", "{{with .Error}}{{.Err}}{{end}}", "./...")
		list.Dir, list.Env = filepath.Join(p.root, module), append(inCopy(), "GOWORK=off")
		output, err := list.CombinedOutput()
		for line := range strings.Lines(string(output)) {
			if at := sourceLine.FindString(line); at != "" {
				failures = append(failures, filepath.Join(module, strings.TrimSpace(line)))
			}
		}
		if err != nil && len(failures) == 0 {
			return nil, fmt.Errorf("go list in %s of the copy: %w: %s", module, err, output)
		}
	}
	slices.Sort(failures)
	return slices.Compact(failures), nil
}

var sourceLine = regexp.MustCompile(`^\s*\S+\.go:\d+(:\d+)?: `)

// modules returns the folders of the modules of a tree, relative to its root.
func (p project) modules() (folders []string, err error) {
	err = filepath.WalkDir(p.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "go.mod" {
			return err
		}
		folder, err := filepath.Rel(p.root, filepath.Dir(path))
		folders = append(folders, folder)
		return err
	})
	return folders, err
}

// test runs make test in a copy, to its end, and returns what failed, the first ten.
func (p project) test(ctx context.Context) ([]string, error) {
	// Some checks ask git which files there are, or compare with the last revision.
	for _, arguments := range [][]string{
		{"init", "-q"}, {"add", "--all"},
		{"-c", "user.name=refresh", "-c", "user.email=refresh@localhost", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "copy"},
	} {
		if output, err := exec.CommandContext(ctx, "git", append([]string{"-C", p.root}, arguments...)...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("git %s in the copy: %w: %s", arguments[0], err, output)
		}
	}
	run := exec.CommandContext(ctx, "make", "-i", "test")
	run.Dir, run.Env = p.root, slices.DeleteFunc(inCopy(), func(variable string) bool {
		return strings.HasPrefix(variable, "MAKE") || strings.HasPrefix(variable, "DOCUMENT=")
	})
	output, err := run.CombinedOutput()
	failures := failuresOf(output)
	if err == nil && bytes.Contains(output, []byte("(ignored)")) && len(failures) == 0 {
		err = errors.New("a command failed")
	}
	if err != nil {
		return nil, fmt.Errorf("make test in the copy: %w: %s", err, output[max(0, len(output)-2000):])
	}
	return failures, nil
}

// failuresOf returns the first distinct failures in the output of make test, one a line, each
// with the package or the command that failed.
func failuresOf(output []byte) []string {
	const most = 10
	var all, found []string
	var command, test string
	add := func(line string) {
		if line = strings.TrimSpace(line); !slices.Contains(found, line) {
			found = append(found, line)
		}
	}
	flush := func(where string) {
		for _, line := range found {
			all = append(all, where+": "+line)
		}
		found, test = nil, ""
	}
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, len(output)+1)
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case strings.HasPrefix(line, "FAIL\t"):
			if len(found) == 0 {
				add("failed" + test)
			}
			flush(strings.Fields(line)[1])
		case strings.HasPrefix(line, "make: ***"), strings.Contains(line, "(ignored)"):
			flush(command)
		case strings.HasPrefix(line, "ok  \t"):
			found, test = nil, ""
		case strings.HasPrefix(strings.TrimSpace(line), "--- FAIL: "):
			test = ": " + strings.Fields(line)[2]
		case sourceLine.MatchString(line), strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "refresh: "),
			strings.HasPrefix(line, "vet: "), strings.HasPrefix(line, "FAIL: "), strings.HasPrefix(line, "WARNING: DATA RACE"):
			add(line + test)
		case isCommand.MatchString(line):
			command = line
		}
	}
	if more := len(all) - most; more > 0 {
		return append(all[:most], fmt.Sprintf("and %d more, which make test lists", more))
	}
	return all
}

var isCommand = regexp.MustCompile(`^(cd|go|for|test/|/)\S* `)
