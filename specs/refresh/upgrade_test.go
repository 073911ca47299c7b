package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpgradeRefuses feeds the whole refresh what it must not take: exit 1, one line,
// and the tree as it was.
func TestUpgradeRefuses(t *testing.T) {
	s := newStage(t)
	served := s.read(s.path("openapi.json"))
	for name, test := range map[string]struct{ text, says string }{
		"a page":         {"<!doctype html><title>Welcome</title>", "no Swagger UI"},
		"cut off":        {served[:len(served)/2], "not JSON"},
		"one id for two": {strings.Replace(served, `"operationId": "getAlertsTypes"`, `"operationId": "getAlerts"`, 1), "have one operationId"},
		"id of code":     {strings.Replace(served, `"operationId": "getAlertsTypes"`, `"operationId": "a\"\n}\nfunc init() {}"`, 1), "gives no Go identifier"},
		"paths collide":  {strings.Replace(served, `"/alerts/types": {`, `"/alerts/{alert_kind}/mute": {`, 1), "/alerts/{alert_kind}/mute"},
	} {
		t.Run(name, func(t *testing.T) {
			here := stage{t, s.root}
			said := here.refused(write0(t, t.TempDir(), "served", test.text), test.says)
			if _, line, _ := strings.Cut(said, "refresh:"); strings.Count(line, "\n") != 1 {
				t.Errorf("the error is not one line: %s", line)
			}
		})
	}
}

// TestUpgradeDropsExtensions takes a document whose extensions would steer the
// generator: they are reported, and nothing else changes.
func TestUpgradeDropsExtensions(t *testing.T) {
	s := newStage(t)
	before := s.tree()
	text := strings.Replace(s.read(s.path("openapi.json")), `"operationId": "getAlertsTypes"`,
		`"x-go-type-import": {"path": "os/exec\"\nfunc init() {}"}, "operationId": "getAlertsTypes"`, 1)
	code, said := s.upgrade(write0(t, t.TempDir(), "served", text))
	if code != 0 {
		t.Fatal("refused")
	}
	s.expect(said, "dropped the vendor's extension", "x-go-type-import", "nothing changed")
	if s.tree() != before {
		t.Error("the tree changed")
	}
	if _, err := os.Stat(filepath.Join(s.root, "MIGRATING.md")); err == nil {
		t.Error("a note was written")
	}
}
