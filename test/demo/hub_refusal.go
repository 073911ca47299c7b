package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/gen/ngeneaapi"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// forgetSlash sends what a Hub answers with a redirect, and a client that follows it
// with a GET without its body.
func (s *hubStory) forgetSlash(ctx context.Context) (string, error) {
	before := len(s.hub.Requests())
	var job ngeneaapi.SubmittedJob
	err := s.program.Do(ctx, http.MethodPost, "file/workflow", map[string]any{
		"workflow": "premigrate", "site": siteName, "paths": []string{filePath}, "discovery": nil, "fields": map[string]any{},
	}, &job)
	if err != nil {
		return "", err
	}
	sent := s.hub.Requests()[before:]
	if len(sent) != 1 || sent[0].Method != http.MethodPost || sent[0].Operation != "submitWorkflow" {
		return "", fmt.Errorf("what came was %s: want one POST", names(sent, func(r ngeneatest.Request) string {
			return fmt.Sprintf("%s %s answered %d", r.Method, r.Path, r.Status)
		}))
	}
	paths := fmt.Sprint(s.hub.Submission(job.ID)["paths"])
	if paths != "["+filePath+"]" {
		return "", fmt.Errorf("the body named the paths %s: want %s", paths, filePath)
	}
	return fmt.Sprintf("one POST to %s, with its body: job %d", sent[0].Path, job.ID), nil
}

func (s *hubStory) nameUnknown(ctx context.Context) (string, error) {
	_, err := s.program.Submit(ctx, ngenea.Submission{Workflow: "migrate", Site: "atlantis", Paths: []string{filePath}})
	refusal, err := refused(err, "ErrValidation", ngenea.ErrValidation)
	if err != nil {
		return "", err
	}
	wrong, ok := errors.AsType[*ngenea.ValidationError](refusal)
	if !ok || len(wrong.Fields["site"]) == 0 {
		return "", fmt.Errorf("want a ValidationError of the field site, got: %w", refusal)
	}
	return "ValidationError, field site: " + strings.Join(wrong.Fields["site"], " "), nil
}

func (s *hubStory) nameNothing(ctx context.Context) (string, error) {
	return s.unsent("ErrInvalidArgument", ngenea.ErrInvalidArgument, func() error {
		_, err := s.program.Migrate(ctx, ngenea.Tiering{Site: siteName})
		return err
	})
}

// runAction is what a Hub allows to people, who have a session.
func (s *hubStory) runAction(ctx context.Context) (string, error) {
	return s.unsent("ErrJWTOnly", ngenea.ErrJWTOnly, func() error {
		_, err := s.program.Actions.RunAction(ctx, ngeneaapi.RunActionBody{Action: "check_sites"})
		return err
	})
}

// unsent checks that a call fails with a class of error before anything is sent.
func (s *hubStory) unsent(name string, class error, call func() error) (string, error) {
	before := len(s.hub.Requests())
	if err := ofClass(call(), name, class); err != nil {
		return "", err
	}
	if n := len(s.hub.Requests()) - before; n != 0 {
		return "", fmt.Errorf("%d requests were sent: want none", n)
	}
	return name + ", and nothing was sent", nil
}
