package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// renderers write a list of changes.
var renderers = map[string]func(io.Writer, []change) error{"text": renderText, "markdown": renderMarkdown, "json": renderJSON}

func renderJSON(out io.Writer, changes []change) error {
	if changes == nil {
		changes = []change{}
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(changes)
}

func renderText(out io.Writer, changes []change) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(out, "nothing changed")
		return err
	}
	return render(out, changes, "%s (%d)\n", "  %s\n", func(s string) string { return s })
}

func renderMarkdown(out io.Writer, changes []change) error {
	return render(out, changes, "\n#### %s (%d)\n\n", "- %s\n", escapeMarkdown)
}

// escapeMarkdown keeps names of a document from being read as markup.
func escapeMarkdown(s string) string {
	return strings.NewReplacer("<", "&lt;", "*", `\*`, "_", `\_`, "[", `\[`, "`", "'", "#", `\#`, "|", `\|`).Replace(s)
}

func render(out io.Writer, changes []change, heading, line string, escape func(string) string) error {
	counts := map[string]int{}
	for _, c := range changes {
		counts[titleOf(c)]++
	}
	for i, c := range changes {
		if title := titleOf(c); i == 0 || titleOf(changes[i-1]) != title {
			if _, err := fmt.Fprintf(out, heading, title, counts[title]); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(out, line, escape(c.String())); err != nil {
			return err
		}
	}
	return nil
}

const breakingTitle = "BREAKING: "

func titleOf(c change) string {
	title := c.Kind
	if c.Guessed {
		title = "probably " + title
	}
	if c.Breaking {
		title = breakingTitle + title
	}
	return title
}

func (c change) String() string {
	where := some(c.Operations, 3)
	if where == "" {
		return c.Text
	}
	return where + ": " + c.Text
}

// screen prints whether the result is safe to merge, and what to read and write first.
func (u *upgrade) screen() {
	var document, code []string
	read := u.quietChanges()
	for _, c := range u.changes {
		if c.Breaking {
			document = append(document, strings.TrimPrefix(titleOf(c), breakingTitle)+": "+c.String())
		}
	}
	for _, c := range u.api {
		switch {
		case c.breaks():
			code = append(code, c.String())
		case !c.Compatible:
			read = append(read, "Go API: "+c.String())
		}
	}
	read = append(read, u.read...)
	u.say("")
	switch {
	case len(document)+len(code) > 0:
		u.say("NOT SAFE to merge as a minor release: %d breaking changes in the document, %d in the Go API", len(document), len(code))
	case len(read)+len(u.write) > 0:
		u.say("SAFE to merge after the steps below: the Go API has no breaking change")
	default:
		u.say("SAFE to merge: the Go API has no breaking change")
	}
	u.part("breaks programs, in the document", document)
	u.part("breaks programs, in the Go API", code)
	u.part("to read", read)
	u.part("to write", u.write)
	u.say("drafts to edit: CHANGELOG.md%s; then make test, and commit", u.drafted)
}

// quietChanges are changes that no compiler reports and that may break a program at run
// time, many of a kind in one line.
func (u *upgrade) quietChanges() (lines []string) {
	found := map[string][]string{}
	for _, c := range u.changes {
		if !c.Breaking && ignored(c) != "" {
			found[c.Kind] = append(found[c.Kind], c.String())
		}
	}
	for _, kind := range kinds {
		if len(found[kind]) > 3 {
			lines = append(lines, fmt.Sprintf("%s (%d): %s", kind, len(found[kind]), some(found[kind], 2)))
			continue
		}
		for _, line := range found[kind] {
			lines = append(lines, kind+": "+line)
		}
	}
	return lines
}

// part prints a list of the screen.
func (u *upgrade) part(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	u.say("%s:", title)
	for _, line := range lines {
		u.say("  - %s", line)
	}
}

// some names the first of many.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}
