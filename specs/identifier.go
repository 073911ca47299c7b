package specs

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// A document is untrusted input, and its names become Go source, comments and lines
// of a table. These checks refuse what could leave its place there, or would not
// compile.

// exported tells whether a name is an identifier that other packages see.
func exported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

var (
	operationID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	pathShape   = regexp.MustCompile(`^/[!-~]*$`) // no blank, no control character
)

// checkNames refuses an operation whose id, path or tag cannot name what it should.
func checkNames(o operation) error {
	switch tags := list(o.Object["tags"]); {
	case !pathShape.MatchString(o.Path):
		return fmt.Errorf("the path %q holds a blank or a control character: remove it in overlay.yaml", o.Path)
	case o.id() == "":
		return fmt.Errorf("%s has no operationId: give it one in overlay.yaml", o.name())
	case !operationID.MatchString(o.id()) || !exported(GoName(o.id())):
		return fmt.Errorf("%s has the operationId %q, which gives no Go identifier: give it another in overlay.yaml", o.name(), o.id())
	case len(tags) == 0:
		return fmt.Errorf("%s has no tag, which names its service", o.name())
	case !exported(GoName(text(tags[0]))):
		return fmt.Errorf("%s has the tag %q, which gives no Go identifier: give it another in overlay.yaml", o.name(), text(tags[0]))
	}
	return nil
}

// argumentNames are taken inside every generated method: its own variables, and the
// packages that the file imports.
var argumentNames = []string{"s", "ctx", "body", "params", "options", "result", "err", "context", "json", "http"}

// checkParameters refuses parameters that the generated method could not have.
func checkParameters(o operation) error {
	fields := map[string]map[string]string{"path": {}, "query": {}}
	for _, parameter := range o.parameters() {
		name, in := text(parameter["name"]), text(parameter["in"])
		if fields[in] == nil {
			return fmt.Errorf("%s: the parameter %q is in %q, and only those in path and query are generated", o.name(), name, in)
		}
		if err := checkFieldName(o.name()+" ("+in+")", name, parameter, fields[in]); err != nil {
			return err
		}
		variable := strings.ToLower(fieldName(name, parameter))
		if in == "path" && (slices.Contains(argumentNames, variable) || types.Universe.Lookup(variable) != nil) {
			return fmt.Errorf("%s: the path parameter %q has a name that the generated method needs itself: give it an x-go-name in overlay.yaml", o.name(), name)
		}
	}
	return nil
}

// checkContents refuses what would be dropped without a word: a body or an answer
// that is not JSON, or that stands in a component.
func checkContents(document Object, o operation) error {
	if body := object(o.Object["requestBody"]); body != nil && jsonContent(body) == nil {
		return fmt.Errorf("%s sends something other than application/json, which nothing here generates", o.name())
	}
	answer := success(o)
	if name, ok := strings.CutPrefix(text(answer["$ref"]), responsePrefix); ok {
		answer = object(object(object(document["components"])["responses"])[name])
		if answer["content"] != nil {
			return fmt.Errorf("%s answers what the component %s describes: describe it at the operation, in overlay.yaml", o.name(), name)
		}
	}
	if len(object(answer["content"])) > 0 && jsonContent(answer) == nil {
		return fmt.Errorf("%s answers something other than application/json, which nothing here generates", o.name())
	}
	return nil
}
