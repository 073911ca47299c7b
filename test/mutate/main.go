// Command mutate shows that the tests of the token lifecycle would notice if one of
// its 25 behaviours were lost. For each there is at least one mutation in
// mutations.yaml: a change of one line that breaks it, and the test that must fail
// then.
//
//	go run ./test/mutate
//
// It works on copies of the repository's files in a temporary folder, prints a line
// for each mutation and at last "N of N mutations caught". The exit status is 1 if a
// test does not notice, or if nothing was learnt: the mutation does not apply, the
// mutant does not compile, or the test fails without it as well.
//
//	go run ./test/mutate -readme
//
// writes the table into README.md, for people.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
)

// workers is how many mutants are tried at once: each compiles on one core or two.
const workers = 2

func main() {
	readme := flag.Bool("readme", false, "write test/mutate/README.md from the table, and end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	all, err := run(ctx, *readme, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
	}
	if err != nil || !all {
		os.Exit(1)
	}
}

// run tells whether every mutation was caught.
func run(ctx context.Context, readme bool, out io.Writer) (bool, error) {
	table, err := readTable()
	if err != nil {
		return false, err
	}
	root, err := repository(ctx)
	if err != nil {
		return false, err
	}
	if readme {
		return true, os.WriteFile(filepath.Join(root, "test", "mutate", "README.md"), []byte(table.markdown()), 0o644) //nolint:gosec // a page for everybody
	}
	folder, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var copies []*workspace
	for i := range workers {
		w, err := newWorkspace(ctx, root, filepath.Join(folder, strconv.Itoa(i)))
		if err != nil {
			return false, err
		}
		copies = append(copies, w)
	}
	return try(ctx, table.mutations(), copies, out)
}

// repository is the root of the checkout in which the command runs.
func repository(ctx context.Context) (string, error) {
	path, err := exec.CommandContext(ctx, "git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		return "", fmt.Errorf("run it in a git checkout, whose files it copies: %w", err)
	}
	return strings.TrimSuffix(string(path), "\n"), nil
}
