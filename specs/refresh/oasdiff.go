package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hotcold-go/hotcold/specs/document"
)

// A documentChange is what specs/refresh/diff prints; see there.
type documentChange struct {
	Rule, Operation, Text string
	Level                 int
}

// kindOf sorts a change by the rule that found it. Whether it breaks is asked for a
// program that uses the generated types: to it a member that is gone is a compile
// error, whether or not the server had to send it.
func kindOf(c documentChange) (kind string, breaking bool) {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(c.Rule, part) })
	}
	request := has("request", "parameter")
	switch {
	case has("endpoint-added", "api-path-added"):
		return operationAdded, false
	case has("api-removed", "api-path-removed"):
		return operationRemoved, true
	case has("operation-id"), has("tag"):
		return "", false // the methods' names are compared by themselves
	case has("type-changed", "type-generalized", "type-specialized", "type-compatible", "list-of-types"):
		return retyped, true
	case request && has("became-required", "new-required", "body-became-required"):
		return newlyRequired, true
	case has("enum-value-added"):
		return enumGrown, false
	case has("enum-value-removed"):
		return otherBreaking, true
	case has("property-removed", "parameter-removed"):
		return fieldRemoved, true
	case has("property-added", "new-optional", "parameter-added"):
		return fieldAdded, false
	case has("deprecat", "sunset"):
		return deprecated, false
	case c.Level == 3:
		return otherBreaking, true
	}
	return other, false
}

// documentChanges asks oasdiff.
func (p project) documentChanges(ctx context.Context, older, newer document.Object) ([]documentChange, error) {
	dir, err := os.MkdirTemp("", "hotcold-diff-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	arguments := []string{"documents"}
	for name, doc := range map[string]document.Object{"new.json": newer, "old.json": older} {
		text, err := document.Encode(doc)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	var found []documentChange
	err = p.compareTool(ctx, &found, append(arguments, filepath.Join(dir, "old.json"), filepath.Join(dir, "new.json"))...)
	if err != nil {
		said := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
		return nil, fmt.Errorf("%s; diff wants effective documents, whose defects are repaired: effective.json, not openapi.json", said)
	}
	return found, nil
}

// compareTool runs specs/refresh/diff, a module of its own, and reads what it prints.
func (p project) compareTool(ctx context.Context, into any, arguments ...string) error {
	tool := exec.CommandContext(ctx, "go", append([]string{"run", "-C", filepath.Join(p.root, "specs/refresh/diff"), "."}, arguments...)...)
	tool.Env = inCopy()
	var said bytes.Buffer
	tool.Stderr = &said
	text, err := tool.Output()
	if err != nil {
		why, _ := strings.CutSuffix(strings.TrimSpace(said.String()), "exit status 1")
		return fmt.Errorf("comparing: %w: %s", err, strings.TrimSpace(why))
	}
	return json.Unmarshal(text, into)
}
