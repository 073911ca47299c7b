package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
)

// An upgrade is the whole refresh for one document: everything is made and proved in a
// copy of the module, and the tree gets the result at the end or not at all.
type upgrade struct {
	project
	order
	there project // the copy
	quick bool    // leaves out the tests of the copy

	changes []change
	api     []packageChange
	read    []string // what a human has to read before the result is merged
	write   []string // what a human has to write
	drafted string   // the notes that were drafted beside CHANGELOG.md
	same    bool     // the document is the one that the tree has
}

// errRefused says that a human has to settle something; what, has been printed.
var errRefused = errors.New("a human has to settle what is listed above; the tree is as it was")

func (p project) upgrade(ctx context.Context, o order, quick bool) error {
	dir, err := os.MkdirTemp("", "hotcold-refresh-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	u := &upgrade{project: p, order: o, quick: quick, there: project{root: dir, product: p.product, out: p.out}}
	stages := []struct {
		name string
		run  func(context.Context) error
	}{
		{"pull", u.pullThere}, {"repair", u.repairThere}, {"names", u.namesThere}, {"generate", u.generateThere},
		{"build", u.buildThere}, {"test", u.testThere}, {"compare", u.compare}, {"install", u.install},
	}
	for i, stage := range stages {
		began := time.Now()
		p.say("[%d/%d] %s", i+1, len(stages), stage.name)
		if err := stage.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", stage.name, err)
		}
		if u.same {
			p.say("nothing changed: the document makes the contract that the tree has")
			return nil
		}
		p.say("      %s, %.1f s", stage.name, time.Since(began).Seconds())
	}
	u.screen()
	return nil
}

// copied is what a build of the product needs of the module.
var copied = []string{"go.mod", "go.sum", "generate.go", "tools.go", "specs", "gen", "overlay", "test"}

// pullThere copies the module and lays the document into the copy.
func (u *upgrade) pullThere(ctx context.Context) error {
	if err := copyNeeded(u.root, u.there.root, copied...); err != nil {
		return err
	}
	o := u.order
	o.dir, o.defects = u.there.specs(""), true
	lines, err := u.there.pull(ctx, o)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if disagrees(line) {
			u.read = append(u.read, printable(line))
		}
	}
	before, err := os.ReadFile(u.specs("openapi.json"))
	if err != nil {
		return err
	}
	after, err := os.ReadFile(u.there.specs("openapi.json"))
	u.same = bytes.Equal(before, after)
	return err
}

// repairThere makes the tables fit, keeps what changes.yaml says is removed, and lists
// every repair that does not fit, not just the first.
func (u *upgrade) repairThere(context.Context) error {
	if err := u.keepRemoved(); err != nil {
		return err
	}
	product, err := u.there.load()
	if err != nil {
		return err
	}
	drafts, err := product.Draft()
	if err != nil {
		return err
	}
	if err := u.takeTables(drafts); err != nil {
		return err
	}
	if !product.Rules.Merged {
		misfits, err := product.Misfits()
		if err != nil {
			return err
		}
		if len(misfits) > 0 && len(drafts.Gone) > 0 {
			_ = u.refuseMoved(drafts.Gone) // which may be why the repairs do not fit
		}
		if err := u.refuse("repairs that do not fit; the first may be the cause of those after it", misfits); err != nil {
			return err
		}
	}
	return u.there.repair()
}

func (u *upgrade) keepRemoved() error {
	earlier, err := u.load()
	if err != nil {
		return err
	}
	// What the tree keeps belongs to the release before, and is decided anew.
	if err := os.Remove(u.there.specs("removed.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	product, err := u.there.load()
	if err != nil {
		return err
	}
	kept := product.Lock.KeepRemoved(product.Contract, earlier.Contract, earlier.Lock.Removed)
	if kept == nil {
		return nil
	}
	text, err := document.Encode(kept)
	if err != nil {
		return err
	}
	u.read = append(u.read, "removed.json: operations that this release removed stay, deprecated, until the next")
	return write(u.there.specs("removed.json"), text)
}

func (u *upgrade) takeTables(drafts inventory.Drafts) error {
	if len(drafts.Undescribed) > 0 {
		u.write = append(u.write, printable(fmt.Sprintf("summaries.tsv: write what %d operations do; in overlay.yaml, the class (x-class) of one whose method misleads: %s",
			len(drafts.Undescribed), some(drafts.Undescribed, 6))))
	}
	for file, text := range map[string][]byte{"summaries.tsv": drafts.Summaries, "releases.tsv": drafts.Releases} {
		if text == nil {
			continue
		}
		if err := write(u.there.specs(file), text); err != nil {
			return err
		}
	}
	return nil
}

// namesThere lets no committed name move unstated.
func (u *upgrade) namesThere(context.Context) error {
	product, err := u.there.load()
	if err != nil {
		return err
	}
	effective, err := product.Repair()
	if err != nil {
		return err
	}
	if err := u.refuseMoved(product.Lock.Moved(effective)); err != nil {
		return err
	}
	return u.there.inventory()
}

func (u *upgrade) refuseMoved(moved []inventory.Moved) error {
	var lines []string
	for _, m := range moved {
		lines = append(lines, m.Says+"\n"+m.State)
	}
	return u.refuse("names that would move; repair each in overlay-names.yaml, or state it in changes.yaml by the line below it", lines)
}

func (u *upgrade) refuse(what string, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	u.say("%s (%d):", what, len(lines))
	for _, line := range lines {
		first, rest, _ := strings.Cut(line, "\n")
		u.say("    %s", printable(first))
		if rest != "" {
			u.say("      %s", printable(rest))
		}
	}
	return errRefused
}

func (u *upgrade) generateThere(ctx context.Context) error {
	return u.there.tool(ctx, "go", "generate", "-run", "oapi-codegen.*specs/"+u.product+"/", ".")
}

func (u *upgrade) buildThere(ctx context.Context) error {
	if err := u.there.tool(ctx, "go", "build", "./gen/...", "./overlay/..."); err != nil {
		return err
	}
	return u.there.check()
}

// testThere runs what a new document can break: the front door, and every operation
// over the wire.
func (u *upgrade) testThere(ctx context.Context) error {
	if u.quick {
		u.say("      left out (-quick)")
		return nil
	}
	if err := u.there.tool(ctx, "go", "test", "./gen/...", "./overlay/"+u.product+"/..."); err != nil {
		return err
	}
	conformance := project{root: filepath.Join(u.there.root, "test"), product: u.product, out: u.out}
	return conformance.tool(ctx, "go", "run", "./conformance")
}

// compare says what changed, in the document and in the Go API.
func (u *upgrade) compare(ctx context.Context) error {
	older, err := effectiveOf(u.project)
	if err != nil {
		return err
	}
	newer, err := effectiveOf(u.there)
	if err != nil {
		return err
	}
	product, err := u.there.load()
	if err != nil {
		return err
	}
	if u.changes, err = u.compareDocuments(ctx, product, older, newer); err != nil {
		return err
	}
	if u.api, err = u.compareAPI(ctx, u.root, u.there.root); err != nil {
		return err
	}
	return renderText(u.out, u.changes)
}

func effectiveOf(p project) (document.Object, error) {
	text, err := os.ReadFile(p.specs("effective.json"))
	if err != nil {
		return nil, err
	}
	return document.Decode(text)
}

// installed are the files of one product that a refresh makes.
func (u *upgrade) installed() ([]string, error) {
	var names []string
	for _, file := range []string{"openapi.json", "source.yaml", "effective.json", "operations.tsv", "types.tsv", "summaries.tsv", "releases.tsv", "removed.json"} {
		names = append(names, filepath.Join("specs", u.product, file))
	}
	generated, err := filepath.Glob(filepath.Join(u.there.root, "gen", u.product+"api", "*.gen.go"))
	for _, path := range generated {
		names = append(names, filepath.Join("gen", u.product+"api", filepath.Base(path)))
	}
	return names, err
}

// install brings what was made and proved into the tree, the notes last.
func (u *upgrade) install(context.Context) error {
	names, err := u.installed()
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(u.there.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			if err := os.Remove(filepath.Join(u.root, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if err == nil {
			err = write(filepath.Join(u.root, name), text)
		}
		if err != nil {
			return err
		}
	}
	return u.notes()
}
