package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
			compile = append(compile, "- "+escapeMarkdown(c.String())+". The compiler says: `"+compileError(c)+"`.\n")
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
		parts = append(parts, "\nWhat no longer compiles (compared with "+u.against+"):\n\n", strings.Join(compile, ""))
	}
	if len(behaviour) > 0 {
		parts = append(parts, "\nWhat compiles and behaves otherwise:\n\n", strings.Join(slices.Compact(behaviour), ""))
	}
	return strings.Join(parts, "")
}

var (
	memberGone = regexp.MustCompile(`^\(?\*?(\w+)\)?\.(\w+): removed`)
	nameGone   = regexp.MustCompile(`^(\w+): removed`)
	changed    = regexp.MustCompile(`^(\S+): changed from (.+) to (.+)`)
)

// compileError is what a program that uses the old API gets.
func compileError(c packageChange) string {
	name := c.Package[strings.LastIndexByte(c.Package, '/')+1:]
	text := strings.ReplaceAll(printable(c.Text), "`", "'")
	if part := memberGone.FindStringSubmatch(text); part != nil {
		return fmt.Sprintf("x.%s undefined (type %s.%s has no field or method %s)", part[2], name, part[1], part[2])
	}
	if part := nameGone.FindStringSubmatch(text); part != nil {
		return fmt.Sprintf("undefined: %s.%s", name, part[1])
	}
	if part := changed.FindStringSubmatch(text); part != nil && strings.HasPrefix(part[2], "func") {
		return fmt.Sprintf("wrong arguments or results in call to %s (have %s, want %s)", strings.NewReplacer("(*", "", ")", "").Replace(part[1]), part[2], part[3])
	} else if part != nil {
		return fmt.Sprintf("cannot use x (variable of type %s) as %s value", part[2], part[3])
	}
	return text
}

// ignored says what goes wrong in a program that takes no notice of a change which the
// compiler does not show, "" for the others.
func ignored(c change) string {
	switch c.Kind {
	case operationRemoved:
		return "the cluster or Hub answers 404 to the call"
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
