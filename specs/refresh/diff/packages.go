package main

import (
	"cmp"
	"fmt"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	tools "golang.org/x/tools/go/packages"
)

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
