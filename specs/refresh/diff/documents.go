package main

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"
)

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
