// Diff compares two OpenAPI documents with oasdiff, or the exported API of two versions of
// Go packages with apidiff, and prints the differences as JSON. The command specs/refresh
// runs it.
//
//	go run . documents OLD.json NEW.json
//	go run . packages OLD_ROOT NEW_ROOT PATTERN [PATTERN ...]
//
// It is a module of its own outside of go.work, so that the dependencies of these two tools
// reach neither the users of the SDK nor its generation.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
	"golang.org/x/exp/apidiff"
	tools "golang.org/x/tools/go/packages"
)

func main() {
	found, err := run(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) (any, error) {
	switch {
	case len(arguments) == 3 && arguments[0] == "documents":
		return documents(arguments[1], arguments[2])
	case len(arguments) > 3 && arguments[0] == "packages":
		return packages(arguments[1], arguments[2], arguments[3:])
	default:
		return nil, errors.New("usage: documents OLD NEW, or packages OLD_ROOT NEW_ROOT PATTERN [PATTERN ...]")
	}
}

// A documentChange is one difference between two documents.
type documentChange struct {
	Rule      string `json:"rule"`      // the rule of oasdiff that found it
	Level     int    `json:"level"`     // 3 breaks, 2 may break, 1 informs
	Operation string `json:"operation"` // METHOD /path, "" for the document itself
	Text      string `json:"text"`
}

func documents(older, newer string) ([]documentChange, error) {
	before, err := loaded(older)
	if err != nil {
		return nil, fmt.Errorf("the old document: %w", err)
	}
	after, err := loaded(newer)
	if err != nil {
		return nil, fmt.Errorf("the new document: %w", err)
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
	if err != nil {
		return nil, err
	}
	config := checker.NewConfig(checker.GetAllChecks())
	words := checker.NewDefaultLocalizer()
	found := []documentChange{}
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(config, report, sources, checker.INFO) {
		one := documentChange{Rule: change.GetId(), Level: int(change.GetLevel()), Text: change.GetUncolorizedText(words)}
		if change.GetPath() != "" {
			one.Operation = change.GetOperation() + " " + change.GetPath()
		}
		found = append(found, one)
	}
	return found, nil
}

func loaded(path string) (*load.SpecInfo, error) {
	return load.NewSpecInfo(openapi3.NewLoader(), load.NewSource(path))
}

// A packageChange is one difference between two versions of a package's exported API.
type packageChange struct {
	Package    string `json:"package"` // its import path
	Compatible bool   `json:"compatible"`
	Text       string `json:"text"`
}

func packages(older, newer string, patterns []string) ([]packageChange, error) {
	before, err := typesOf(older, patterns)
	if err != nil {
		return nil, fmt.Errorf("the old packages: %w", err)
	}
	after, err := typesOf(newer, patterns)
	if err != nil {
		return nil, fmt.Errorf("the new packages: %w", err)
	}
	found := []packageChange{}
	for path, old := range before {
		if old == nil {
			found = append(found, packageChange{path, true, "not compared: it did not compile before"})
			continue
		}
		if after[path] == nil {
			found = append(found, packageChange{Package: path, Text: "the package is gone, or does not compile"})
			continue
		}
		for _, change := range apidiff.Changes(old, after[path]).Changes {
			found = append(found, packageChange{path, change.Compatible, change.Message})
		}
	}
	slices.SortFunc(found, func(a, b packageChange) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Text, b.Text))
	})
	return found, nil
}

// typesOf loads the packages of a module that others can import, by their path. A package
// that does not compile is nil.
func typesOf(root string, patterns []string) (map[string]*types.Package, error) {
	config := &tools.Config{
		Mode: tools.NeedName | tools.NeedTypes | tools.NeedExportFile | tools.NeedImports,
		Dir:  root, Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath"),
	}
	loaded, err := tools.Load(config, patterns...)
	if err != nil {
		return nil, err
	}
	found := map[string]*types.Package{}
	for _, p := range loaded {
		if len(p.Errors) > 0 || p.Types == nil {
			found[p.PkgPath] = nil
			continue
		}
		if p.Name != "main" && !strings.Contains(p.PkgPath+"/", "/internal/") {
			found[p.PkgPath] = p.Types
		}
	}
	return found, nil
}
