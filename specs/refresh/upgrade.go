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

// An upgrade is the whole refresh for one document. Everything is made and tested in a copy
// of the module; the tree gets the result at the end, or stays as it is.
type upgrade struct {
	project
	order
	there project // the copy
	quick bool    // skips the tests of the copy

	changes []change
	api     []packageChange
	read    []string // what to read before the result is merged
	write   []string // what to write
	drafted string   // the notes that were drafted beside CHANGELOG.md
	same    bool     // the document makes the contract that the tree has
}

func (p project) upgrade(ctx context.Context, o order, quick bool) error {
	dir, err := os.MkdirTemp("", "hotcold-refresh-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	u := &upgrade{project: p, order: o, quick: quick}
	if u.there, err = p.copyTo(dir, append(module, "test")...); err != nil {
		return err
	}
	stages := []struct {
		name string
		run  func(context.Context) error
	}{
		{"pull", u.pullThere}, {"repair", u.repairThere}, {"names", u.namesThere}, {"generate", u.there.generate},
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

// pullThere pulls the document into the copy.
func (u *upgrade) pullThere(ctx context.Context) error {
	o := u.order
	o.dir, o.defects = u.there.specs(""), true
	before, err := os.ReadFile(u.specs("openapi.json"))
	if err != nil {
		return err
	}
	lines, err := u.there.pull(ctx, o)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if disagrees(line) {
			u.read = append(u.read, printable(line))
		}
	}
	after, err := os.ReadFile(u.there.specs("openapi.json"))
	u.same = bytes.Equal(before, after)
	return err
}

// repairThere writes the drafts of the tables and removed.json, and lists every repair that
// does not fit, not only the first.
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
			_ = u.refuseMoved(drafts.Gone) // may be the reason why the repairs do not fit
		}
		if err := u.refuse("repairs that do not fit; the first may be the cause of those after it", misfits); err != nil {
			return err
		}
	}
	return u.there.repair()
}

// keepRemoved writes removed.json anew: what the tree has belongs to the release before.
func (u *upgrade) keepRemoved() error {
	earlier, err := u.load()
	if err != nil {
		return err
	}
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

// namesThere writes the tables of names, unless a committed name would move unstated.
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
	var problems []string
	for _, m := range moved {
		problems = append(problems, m.Says+"\n"+m.State)
	}
	return u.refuse("names that would move; repair each in overlay-names.yaml, or state it in changes.yaml by the line below it", problems)
}

// refuse prints the problems, each with its details on the following lines, and returns an
// error unless there is none.
func (u *upgrade) refuse(what string, problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	u.say("%s (%d):", what, len(problems))
	for _, problem := range problems {
		first, details, _ := strings.Cut(problem, "\n")
		u.say("    %s", printable(first))
		if details != "" {
			u.say("      %s", printable(details))
		}
	}
	if len(problems) == 1 {
		first, _, _ := strings.Cut(problems[0], "\n")
		return errors.New(first + "; resolve it and run the refresh again, no file was changed")
	}
	return errors.New("resolve the problems above and run the refresh again, no file was changed")
}

func (u *upgrade) buildThere(ctx context.Context) error {
	if err := u.there.tool(ctx, "go", "build", "./gen/...", "./overlay/..."); err != nil {
		return err
	}
	return u.there.check()
}

// testThere runs what a new document can break: the tests of the front door, and every
// operation over the wire.
func (u *upgrade) testThere(ctx context.Context) error {
	if u.quick {
		u.say("      skipped (-quick)")
		return nil
	}
	if err := u.there.tool(ctx, "go", "test", "./gen/...", "./overlay/"+u.product+"/..."); err != nil {
		return err
	}
	conformance := project{root: filepath.Join(u.there.root, "test"), product: u.product, out: u.out}
	return conformance.tool(ctx, "go", "run", "./conformance")
}

// compare lists what changed in the document and in the Go API, from the tree to the copy.
func (u *upgrade) compare(ctx context.Context) error {
	var documents [2]document.Object
	for i, p := range []project{u.project, u.there} {
		text, err := os.ReadFile(p.specs("effective.json"))
		if err == nil {
			documents[i], err = document.Decode(text)
		}
		if err != nil {
			return err
		}
	}
	product, err := u.there.load()
	if err != nil {
		return err
	}
	if u.changes, err = u.compareDocuments(ctx, product, documents[0], documents[1]); err != nil {
		return err
	}
	if numbers := inventory.NewNumbers(documents[0], documents[1]); len(numbers) > 0 {
		u.read = append(u.read, printable(fmt.Sprintf("%d new numbers, whose types numbers.yaml can change: %s", len(numbers), some(numbers, 12))))
	}
	if u.api, err = u.compareAPI(ctx, u.root, u.there.root); err != nil {
		return err
	}
	return renderText(u.out, u.changes)
}

// install writes the files of the product that the refresh made into the tree, and drafts
// the notes.
func (u *upgrade) install(context.Context) error {
	var names []string
	for _, file := range []string{"openapi.json", "source.yaml", "effective.json", "operations.tsv", "types.tsv", "summaries.tsv", "releases.tsv", "removed.json"} {
		names = append(names, filepath.Join("specs", u.product, file))
	}
	generated, err := filepath.Glob(filepath.Join(u.there.root, "gen", u.product+"api", "*.gen.go"))
	if err != nil {
		return err
	}
	for _, path := range generated {
		names = append(names, filepath.Join("gen", u.product+"api", filepath.Base(path)))
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(u.there.root, name))
		if err == nil {
			err = write(filepath.Join(u.root, name), text)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = os.Remove(filepath.Join(u.root, name))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return u.notes()
}
