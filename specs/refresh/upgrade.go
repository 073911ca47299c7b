package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
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
	quick bool    // leaves out the tests of the copy

	made    *made
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
	if u.there, err = p.copyTo(dir, "."); err != nil {
		return err
	}
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

const runAgain = "then run the refresh again; no file was changed"

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
	text, err := os.ReadFile(u.specs(acknowledged))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known := strings.Split(string(text), "\n")
	for _, line := range lines {
		if line = printable(line); disagrees(line) && !slices.Contains(known, line) {
			u.read = append(u.read, line)
		}
	}
	after, err := os.ReadFile(u.there.specs("openapi.json"))
	u.same = bytes.Equal(before, after)
	return err
}

// repairThere writes the drafts of the tables and removed.json, lists every problem of the
// document, and makes the effective document if there is none.
func (u *upgrade) repairThere(context.Context) error {
	earlier, err := u.load()
	if err != nil {
		return err
	}
	product, drafts, err := u.there.draft(earlier.Contract, earlier.Lock.Removed)
	if err != nil {
		return err
	}
	if product.Lock.Removed != nil {
		u.read = append(u.read, "removed.json: operations that this release removed stay, deprecated, until the next")
	}
	if len(drafts.Undescribed) > 0 {
		u.write = append(u.write, printable(fmt.Sprintf("summaries.tsv: write what %d operations do; in overlay.yaml, the class (x-class) of one whose method misleads: %s",
			len(drafts.Undescribed), some(drafts.Undescribed, 6))))
	}
	problems, rest, err := u.there.problems(product, drafts)
	if err != nil {
		return err
	}
	if err := u.refuse(problems, runAgain); err != nil {
		return err
	}
	if u.made, err = madeOf(product, rest); err != nil {
		return err
	}
	return u.there.writeEffective(u.made)
}

// namesThere writes the tables of names.
func (u *upgrade) namesThere(context.Context) error { return u.there.writeNames(u.made) }

// generateThere generates the code, and the counts of the README.
func (u *upgrade) generateThere(ctx context.Context) error {
	if err := u.there.generate(ctx); err != nil {
		return err
	}
	return u.there.countInReadme()
}

// buildThere compiles every package of every module, with its tests.
func (u *upgrade) buildThere(ctx context.Context) error {
	failures, err := u.there.compile(ctx, u.quick)
	if err != nil {
		return err
	}
	if err := u.refuse([]section{{"code that does not compile with this release: change it, or repair the document if that is wrong", failures}}, runAgain); err != nil {
		return err
	}
	return u.there.check()
}

// testThere runs what make test runs.
func (u *upgrade) testThere(ctx context.Context) error {
	if u.quick {
		u.say("      skipped (-quick), and neither tests nor other modules were compiled: run make test")
		return nil
	}
	failures, err := u.there.test(ctx)
	if err != nil {
		return err
	}
	return u.refuse([]section{{"tests that fail with this release", failures}}, runAgain)
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
	// The framework of a site's document says whether a number has a fraction.
	if numbers := inventory.NewNumbers(documents[0], documents[1]); len(numbers) > 0 && !product.Rules.Merged {
		u.read = append(u.read, printable(fmt.Sprintf("%d new numbers, whose types numbers.yaml can change: %s", len(numbers), some(numbers, 12))))
	}
	if u.api, err = u.compareAPI(ctx, u.root, u.there.root); err != nil {
		return err
	}
	return renderText(u.out, u.changes)
}

// install writes the files of the product that the refresh made into the tree, with the
// counts of the README and the drafts of the notes: all of them, or none.
func (u *upgrade) install(context.Context) error {
	files, err := u.notes()
	if err != nil {
		return err
	}
	names := []string{"README.md"}
	for _, file := range []string{"openapi.json", own, "source.yaml", "effective.json", "operations.tsv", "types.tsv", "summaries.tsv", "releases.tsv", "removed.json"} {
		names = append(names, filepath.Join("specs", u.product, file))
	}
	for _, half := range halves {
		names = append(names, filepath.Join("gen", u.product+"api", half+".gen.go"))
	}
	served, err := fs.Glob(os.DirFS(u.there.root), "specs/"+u.product+"/releases/effective/*.json")
	if err != nil {
		return err
	}
	names = append(names, served...)
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(u.there.root, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		files[name] = text
	}
	return u.replace(files)
}

// replace writes files of the tree, and removes those without a text. If one fails, it puts
// back what was there.
func (p project) replace(files map[string][]byte) error {
	before := map[string][]byte{}
	put := func(name string, text []byte) error {
		path := filepath.Join(p.root, name)
		if text != nil {
			return write(path, text)
		}
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text, err := os.ReadFile(filepath.Join(p.root, name))
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			before[name] = text
			err = put(name, files[name])
		}
		if err != nil {
			for name, text := range before {
				err = errors.Join(err, put(name, text))
			}
			return fmt.Errorf("%w; no file was changed", err)
		}
	}
	return nil
}
