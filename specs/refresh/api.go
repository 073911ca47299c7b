package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A packageChange is what specs/refresh/diff prints of the Go API; see there.
type packageChange struct {
	Package, Text string
	Compatible    bool
}

func (c packageChange) String() string {
	name := c.Package[strings.LastIndexByte(c.Package, '/')+1:]
	return name + ": " + c.Text
}

// promised are the packages whose exported API programs rely on: all that they can
// import but the package specs and the command, which are the maintainers'.
var promised = []string{"./gen/...", "./overlay/..."}

// An apiReport says what became of the Go API since the last release.
type apiReport struct {
	against string // the release's tag, or the listing
	changes []packageChange
	tests   []string // what the release's own tests no longer compile for, a line a package
}

// breaking are the changes after which a program does not compile.
func (r apiReport) breaking() []packageChange { return r.which(false) }

// comparisons are the structs that == refuses now. Nothing promises that it takes them,
// since one optional list that a release adds ends it: a human reads it, and it is no
// reason for a major release.
func (r apiReport) comparisons() []packageChange { return r.which(true) }

func (r apiReport) which(comparisons bool) []packageChange {
	return slices.DeleteFunc(slices.Clone(r.changes), func(c packageChange) bool {
		return c.Compatible || strings.HasSuffix(c.Text, noLongerComparable) != comparisons
	})
}

// noLongerComparable ends what apidiff says of such a struct.
const noLongerComparable = "old is comparable, new is not"

// apiCommand says what became of the exported API since the last release, or lists it
// for the next.
func (p project) apiCommand(ctx context.Context, arguments []string) error {
	flags := flag.NewFlagSet("api", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	list := flags.Bool("write", false, "write the listing: at a release, before its tag")
	fail := flags.Bool("fail-on-breaking", false, "exit 1 if a change breaks programs")
	flags.StringVar(&p.root, "root", ".", "the root of the repository")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 0 {
		return errUsage
	}
	if *list {
		return p.writeListing(ctx)
	}
	report, err := p.compareAPI(ctx, p)
	if err != nil {
		return err
	}
	for _, c := range report.breaking() {
		p.say("BREAKING: %s", printable(c.String()))
	}
	for _, line := range report.tests {
		p.say("BREAKING: %s", line)
	}
	for _, c := range report.changes {
		if c.Compatible || slices.Contains(report.comparisons(), c) {
			p.say("%s", printable(c.String()))
		}
	}
	broken := len(report.breaking()) + len(report.tests)
	p.say("%d changes since %s, %d of them breaking", len(report.changes)+len(report.tests), report.against, broken)
	if *fail && broken > 0 {
		return errBreaking
	}
	return nil
}

// compareAPI compares the exported API of another tree, which may be a copy of this
// one, with that of the last release. A tag is compared by apidiff, and its tests are
// compiled against the new code; without a tag there is the listing.
func (p project) compareAPI(ctx context.Context, there project) (apiReport, error) {
	tag := lastTag(ctx, p.root)
	if tag == "" {
		report := apiReport{against: listingFile}
		older, err := p.readListing()
		if err != nil {
			return report, err
		}
		newer, err := p.exports(ctx, there.root)
		report.changes = compareListings(older, newer)
		return report, err
	}
	report := apiReport{against: tag}
	older, err := os.MkdirTemp("", "hotcold-tag-")
	if err != nil {
		return report, err
	}
	defer func() { _ = os.RemoveAll(older) }()
	if err := unpack(ctx, p.root, tag, older); err != nil {
		return report, err
	}
	if report.tests, err = there.compileOlderTests(ctx, tag, older); err != nil {
		return report, err
	}
	err = p.compareTool(ctx, &report.changes, append([]string{"packages", absolute(older), absolute(there.root)}, promised...)...)
	return report, err
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
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
		if said, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("the tree of %s: %w: %s", revision, err, said)
		}
	}
	return os.Remove(archive)
}

// copyNeeded copies the named parts of a tree, as far as it has them.
func copyNeeded(from, to string, names ...string) error {
	for _, name := range names {
		if err := copyTree(filepath.Join(from, name), filepath.Join(to, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
