package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDiffOfDocuments compares two small documents in each of the formats.
func TestDiffOfDocuments(t *testing.T) {
	dir := t.TempDir()
	older := write0(t, dir, "old.json", fuzzed)
	newer := write0(t, dir, "new.json", strings.NewReplacer(
		`"enum":["A","B"]`, `"enum":["A","B","C"]`,
		`"name":{"type":"string"}`, `"title":{"type":"string"}`,
		`"application/json":{"schema":{"type":"object","properties":{"size":{"type":"number"}`, `"application/json":{"schema":{"type":"object","required":["secret"],"properties":{"size":{"type":"string"}`,
		"{uid}", "{id}", `"uid"`, `"id"`, `"paths":{`, `"servers":[{"url":"/api/v3"}],"paths":{"/others":{"get":{"operationId":"getOthers","tags":["Things"],"responses":{"200":{"description":"OK"}}}},`,
	).Replace(fuzzed))
	diff := func(format string, flags ...string) (int, string) {
		code, out, message := refresh(t, append(append([]string{"diff", "-root", "../..", "-format", format}, flags...), older, newer)...)
		return code, out + message
	}
	code, text := diff("text")
	wanted := []string{"BREAKING: address changed (1)\n  the address of every operation: / is /api/v3 now", "BREAKING: field removed (1)", "BREAKING: retyped (1)", "BREAKING: newly required (1)", "enum grown (1)", "operation added (1)", "field added (1)"}
	at := 0
	for _, want := range wanted {
		next := strings.Index(text, want)
		if next < at {
			t.Errorf("%q is missing, or not in its place (exit %d): %s", want, code, text)
		}
		at = next
	}
	if code, text := diff("markdown"); code != 0 || !strings.Contains(text, "#### BREAKING: retyped (1)\n\n- PUT /things/{id}") {
		t.Errorf("exit %d and %s", code, text)
	}
	code, text = diff("json", "-fail-on-breaking")
	text, message, _ := strings.Cut(text, "refresh:")
	var changes []change
	if err := json.Unmarshal([]byte(text), &changes); err != nil || len(changes) != len(wanted) || !changes[0].Breaking {
		t.Errorf("%v: %s", err, text)
	}
	if code != 1 || !strings.Contains(message, "breaking changes") {
		t.Errorf("-fail-on-breaking: exit %d, %q", code, message)
	}
}

// TestDiffOfVersions names a folder, a revision and nothing at all.
func TestDiffOfVersions(t *testing.T) {
	same := filepath.Join("..", "weka")
	if code, out, message := refresh(t, "diff", "-root", "../..", same, filepath.Join(same, "effective.json")); code != 0 || out != "nothing changed\n" {
		t.Errorf("exit %d, %s%s", code, out, message)
	}
	if code, _, message := refresh(t, "diff", "-root", "../..", "no-such-revision", same); code != 1 || !strings.Contains(message, "nor a git revision") {
		t.Errorf("exit %d, %s", code, message)
	}
	if _, err := os.Stat("../../.git"); err == nil {
		if code, _, message := refresh(t, "diff", "-root", "../..", "-product", "ngenea", "HEAD", "../ngenea"); code != 0 {
			t.Errorf("exit %d, %s", code, message)
		}
	}
	code, _, message := refresh(t, "diff", "-root", "../..", same, filepath.Join(same, "openapi.json"))
	if code != 1 || !strings.Contains(message, "effective.json, not openapi.json") || strings.Contains(message, os.TempDir()) {
		t.Errorf("a contract instead of an effective document: exit %d, %s", code, message)
	}
	for _, arguments := range [][]string{{"diff", same}, {"diff", "-format", "xml", same, same}} {
		if code, _, _ := refresh(t, arguments...); code != 2 {
			t.Errorf("%q: exit %d, want 2", arguments, code)
		}
	}
}

// TestNotes writes drafts for changes of each kind.
func TestNotes(t *testing.T) {
	for text, want := range map[string]string{
		"(*AlertsService).GetAlert: removed":                                  "x.GetAlert undefined (type *wekaapi.AlertsService has no field or method GetAlert)",
		"Alert.Muted: removed":                                                "x.Muted undefined (type wekaapi.Alert has no field or method Muted)",
		"Alert: removed":                                                      "undefined: wekaapi.Alert",
		"Alert.Muted: changed from bool to string":                            "cannot use x (variable of type bool) as string value",
		"(*AlertsService).GetAlert: changed from func() to func() string":     "assignment mismatch: 0 variables but AlertsService.GetAlert returns 1 values",
		"(*AlertsService).GetAlert: changed from func() to func(string)":      "not enough arguments in call to AlertsService.GetAlert (want func(string))",
		"(*AlertsService).GetAlert: changed from func(a, b int) to func(int)": "too many arguments in call to AlertsService.GetAlert",
		"(*AlertsService).GetAlert: changed from func(int) to func(string)":   "cannot use x in argument to, or as a result of, AlertsService.GetAlert (have func(int)",
		"Caller.Close: added":                                                 "x does not implement wekaapi.Caller (missing method Close)",
		"Alert: old is comparable, new is not":                                "invalid operation: a == b (wekaapi.Alert cannot be compared)",
	} {
		if got := compileError(packageChange{Package: "example.com/gen/wekaapi", Text: text}); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
