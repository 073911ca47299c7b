package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// compareAPI compares the exported API of the copy with that of the last tag, or of the
// tree while there is no tag, and compiles the tag's tests against the copy.
func (u *upgrade) compareAPI(ctx context.Context) error {
	older, tag := u.root, lastTag(ctx, u.root)
	u.against = "the tree as it was"
	if tag == "" {
		u.say("      no release is tagged: the Go API is compared with the tree, and no older tests are compiled")
	} else {
		dir, err := os.MkdirTemp("", "hotcold-tag-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if err := unpack(ctx, u.root, tag, dir); err != nil {
			return err
		}
		older, u.against = dir, tag
		if err := u.compileOlderTests(ctx, dir); err != nil {
			return err
		}
	}
	return u.compareTool(ctx, &u.api, "packages", absolute(older), absolute(u.there.root), "./gen/"+u.product+"api", "./overlay/"+u.product+"/...")
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

// compileOlderTests lays the tests of an older tree over a copy of the new one, where
// they only have to compile: what they use is what programs use. Tests of a package's
// own inside are left out, since they may use what is not exported.
func (u *upgrade) compileOlderTests(ctx context.Context, older string) error {
	dir, err := os.MkdirTemp("", "hotcold-older-tests-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, name := range []string{"go.mod", "go.sum", "gen", "overlay"} {
		if err := copyTree(filepath.Join(u.there.root, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	from := filepath.Join("overlay", u.product)
	if err := replaceTests(filepath.Join(older, from), filepath.Join(dir, from)); err != nil {
		return err
	}
	there := project{root: dir, product: u.product, out: u.out}
	if err := there.tool(ctx, "go", "vet", "./"+filepath.ToSlash(from)+"/..."); err != nil {
		u.human = append(u.human, "tests of "+u.against+" no longer compile: "+oneLine(err))
	}
	return nil
}

// replaceTests puts one folder's test files in the place of another's.
func replaceTests(from, to string) error {
	for _, dir := range []string{to, from} {
		found, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			return err
		}
		for _, path := range found {
			if dir == to {
				err = os.Remove(path)
			} else if !strings.HasSuffix(path, "_internal_test.go") {
				err = copyTree(path, filepath.Join(to, filepath.Base(path)))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
