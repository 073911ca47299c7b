package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// productNames are what the notes call the products.
var productNames = map[string]string{"weka": "WEKA", "ngenea": "Ngenea Hub"}

// notes drafts the entries of CHANGELOG.md and, if something breaks, of MIGRATING.md.
func (u *upgrade) notes() error {
	product, err := u.load()
	if err != nil {
		return err
	}
	title := productNames[u.product] + " " + printable(product.Release())
	var changelog strings.Builder
	fmt.Fprintf(&changelog, "### %s (draft)\n", title)
	if err := renderMarkdown(&changelog, u.changes); err != nil {
		return err
	}
	if len(u.changes) == 0 {
		changelog.WriteString("\nThe document changed, and nothing that programs see.\n")
	}
	if err := u.insert("CHANGELOG.md", "# Changelog\n\n## Unreleased\n", "## Unreleased\n", changelog.String()); err != nil {
		return err
	}
	note := u.migration(title)
	if note == "" {
		return nil
	}
	u.drafted = ", MIGRATING.md"
	return u.insert("MIGRATING.md", "# Migrating\n\nWhat a program has to change for a new release, newest first.\n", "newest first.\n", note)
}

// insert puts a draft behind a line of a file of the root, which is begun if there is none.
func (u *upgrade) insert(file, begin, behind, draft string) error {
	path := filepath.Join(u.root, file)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(begin), nil
	}
	if err != nil {
		return err
	}
	before, after, found := strings.Cut(string(text), behind)
	if !found {
		return fmt.Errorf("%s has no line %q to put the draft behind", file, strings.TrimSpace(behind))
	}
	return write(path, []byte(before+behind+"\n"+draft+after))
}

// migration says of each breaking change which compile error it gives, or what goes
// wrong at run time, where no compiler notices.
func (u *upgrade) migration(title string) string {
	var compile, behaviour []string
	for _, c := range u.api {
		if !c.Compatible {
			compile = append(compile, "- "+escapeMarkdown(c.String())+". "+compilerSaysOf(c)+u.instead(c)+"\n")
		}
	}
	for _, c := range u.changes {
		if wrong := ignored(c); wrong != "" {
			behaviour = append(behaviour, "- "+escapeMarkdown(c.String())+". If you ignore it: "+wrong+".\n")
		}
	}
	if len(compile)+len(behaviour) == 0 {
		return ""
	}
	parts := []string{"## " + title + " (draft)\n"}
	if len(compile) > 0 {
		parts = append(parts, "\nWhat no longer compiles:\n\n", strings.Join(compile, ""))
	}
	if len(behaviour) > 0 {
		parts = append(parts, "\nWhat behaves otherwise against a server of this release:\n\n", strings.Join(slices.Compact(behaviour), ""))
	}
	return strings.Join(parts, "")
}

// instead names what to write instead of something that has another name now.
func (u *upgrade) instead(c packageChange) string {
	name, _, _ := strings.Cut(withoutReceiver.Replace(c.Text), ":")
	name = strings.Replace(name, "Service.", ".", 1)
	for _, r := range u.changes {
		switch {
		case r.From != name || name == "":
		case r.Guessed:
			return " By guess it is `" + r.To + "` now."
		default:
			return " It is `" + r.To + "` now."
		}
	}
	return ""
}

// ignored says what goes wrong at run time in a program that takes no notice of a
// change, or that was built before it; "" where nothing does.
func ignored(c change) string {
	switch c.Kind {
	case operationRemoved, operationKept:
		return "the server answers 404 to the call"
	case renamed:
		return c.ignored
	case retyped:
		return "a program built before it cannot read the answer, or its request is refused"
	case fieldRemoved:
		return "it stays empty in an answer, and a request with it is refused or answered as if it were not there"
	case newlyRequired:
		return "the server answers 400 to a request without it"
	case enumGrown:
		return "a switch over the values meets one that it does not know"
	case classChanged:
		return "a call that failed is sent again where it was not before, or is no longer sent again"
	case otherBreaking:
		return "a request that was taken may be refused, or an answer read wrongly"
	}
	return ""
}
