package main

import (
	"fmt"
	"strings"
)

// mostLines is how many lines of one kind the screen shows: all of it fits one.
const mostLines = 12

// screen says whether the result is safe to merge, and what to read and write first.
func (u *upgrade) screen() {
	var document []string
	var code []string
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
		u.say("NOT SAFE to merge as a minor release: %d breaking changes in the document, %d in the Go API",
			len(document), len(code))
	case len(read)+len(u.write) > 0:
		u.say("SAFE to merge after the lines below: the Go API has no breaking change")
	default:
		u.say("SAFE to merge: the Go API has no breaking change")
	}
	u.part("breaks programs, in the document", document)
	u.part("breaks programs, in the Go API", code)
	u.part("to read", read)
	u.part("to write", u.write)
	u.say("drafts to edit: CHANGELOG.md%s; then make test, and commit", u.drafted)
}

// quietChanges are those that no compiler shows and that a program may trip over, many
// of a kind in one line.
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

func (u *upgrade) part(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	u.say("%s:", title)
	for i, line := range lines {
		if i == mostLines {
			u.say("  and %d more, which are listed above or in the drafts", len(lines)-mostLines)
			break
		}
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
