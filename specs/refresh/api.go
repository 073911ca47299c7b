package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A packageChange is a difference in the exported API of a Go package, as
// specs/refresh/diff prints it.
type packageChange struct {
	Package, Text string
	Compatible    bool
}

func (c packageChange) String() string { return c.packageName() + ": " + printable(c.Text) }

func (c packageChange) packageName() string {
	return c.Package[strings.LastIndexByte(c.Package, '/')+1:]
}

// breaks reports whether programs stop to compile. That == refuses a struct does not
// count: one optional list that a release adds has this effect, so nothing promises that
// a struct is comparable. The screen and MIGRATING.md list it all the same.
func (c packageChange) breaks() bool { return !c.Compatible && !c.endsComparison() }

func (c packageChange) endsComparison() bool {
	return strings.HasSuffix(c.Text, "old is comparable, new is not")
}

// promised are the packages that programs import, and whose exported API they rely on.
var promised = []string{"./gen/...", "./overlay/..."}

// apiCommand compares the exported API of the tree with that of the last release.
func (p project) apiCommand(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("api", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	fail := flags.Bool("fail-on-breaking", false, "exit 1 if a change breaks programs")
	flags.StringVar(&p.root, "root", ".", "the root of the repository")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 0 {
		return errUsage
	}
	tag := lastTag(ctx, p.root)
	if tag == "" {
		p.say("no release is tagged: there is nothing to compare with")
		return nil
	}
	older, err := os.MkdirTemp("", "hotcold-tag-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(older) }()
	if err := unpack(ctx, p.root, tag, older); err != nil {
		return err
	}
	changes, err := p.compareAPI(ctx, older, p.root)
	if err != nil {
		return err
	}
	broken := 0
	for _, c := range changes {
		if c.breaks() {
			broken++
			p.say("%s%s", breakingTitle, c)
		}
	}
	for _, c := range changes {
		if !c.breaks() {
			p.say("%s", c)
		}
	}
	p.say("%d changes since %s, %d of them breaking", len(changes), tag, broken)
	if *fail && broken > 0 {
		return errBreaking
	}
	return nil
}

// compareAPI lists what apidiff finds between the promised packages of two trees.
func (p project) compareAPI(ctx context.Context, older, newer string) (changes []packageChange, err error) {
	arguments := []string{"packages"}
	for _, root := range []string{older, newer} {
		if root, err = filepath.Abs(root); err != nil {
			return nil, err
		}
		arguments = append(arguments, root)
	}
	err = p.compareTool(ctx, &changes, append(arguments, promised...)...)
	return changes, err
}

// lastTag is the newest release's tag that the tree descends from, or "".
func lastTag(ctx context.Context, root string) string {
	git := exec.CommandContext(ctx, "git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
	git.Dir = root
	text, err := git.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// unpack writes the tree of a revision into a folder.
func unpack(ctx context.Context, root, revision, dir string) error {
	archive := filepath.Join(dir, "tree.tar")
	for _, command := range [][]string{{"git", "-C", root, "archive", "-o", archive, revision}, {"tar", "-xf", archive, "-C", dir}} {
		if output, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("the tree of %s: %w: %s", revision, err, output)
		}
	}
	return os.Remove(archive)
}
