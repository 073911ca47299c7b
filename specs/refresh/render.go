package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// renderers write a list of changes, breaking ones first as it comes.
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
	for i, c := range changes {
		if i == 0 || titleOf(changes[i-1]) != titleOf(c) {
			count := 0
			for _, other := range changes {
				if titleOf(other) == titleOf(c) {
					count++
				}
			}
			if _, err := fmt.Fprintf(out, heading, titleOf(c), count); err != nil {
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
	if c.Breaking {
		title = breakingTitle + title
	}
	if c.Guessed {
		title += ", by guess"
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
