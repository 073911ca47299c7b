package specs

import (
	"fmt"
	"strings"
	"unicode"
)

// checkCharacters refuses names and values of enumerations with a character that no
// vendor needs there and that could end a literal, a tag or a comment of Go. Whatever
// writes them later, a template or a table, need not be trusted with it.
func checkCharacters(document Object) error {
	var err error
	look := func(what, name string) {
		if err == nil && strings.ContainsFunc(name, unfitForSource) {
			err = fmt.Errorf("the %s %q cannot stand in Go source, since it holds a quote, a backtick or a control character: mend it in overlay.yaml", what, name)
		}
	}
	walk(document, func(p place) {
		look("name", p.key)
		for _, value := range list(p.object["enum"]) {
			look("value", text(value))
		}
		switch p.rule {
		case parameterRule, tagRule:
			look("name", text(p.object["name"]))
		case operationRule:
			for _, tag := range list(p.object["tags"]) {
				look("tag", text(tag))
			}
		}
	})
	return err
}

func unfitForSource(r rune) bool {
	return strings.ContainsRune("\"'`\\", r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
