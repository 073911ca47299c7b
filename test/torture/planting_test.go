package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestPlantedSecretIsFound(t *testing.T) {
	for name, show := range map[string]func(secret string) string{
		"plain":         func(s string) string { return "Bearer " + s },
		"cut short":     func(s string) string { return s[:len(s)-8] + "…" },
		"without head":  func(s string) string { return "…" + s[8:] },
		"lower case":    strings.ToLower,
		"hexadecimal":   func(s string) string { return fmt.Sprintf("%x", "a"+s) },
		"spaced":        func(s string) string { return fmt.Sprintf("% X", "a"+s) },
		"Go syntax":     func(s string) string { return fmt.Sprintf("%#v", []byte(s)) },
		"bytes":         func(s string) string { return fmt.Sprintf("%d", []byte("a"+s)) },
		"HTTP Basic":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("admin:" + s)) },
		"a struct":      func(s string) string { return fmt.Sprintf("%+v", hidden{s}) },
		"a JSON string": func(s string) string { text, _ := json.Marshal([]byte("ab" + s)); return string(text) },
	} {
		var p planting
		p.print(show(p.plant()))
		if found, _ := p.search(); found != 1 {
			t.Errorf("%s: found %d, want 1 in %q", name, found, p.printed)
		}
	}
}

func TestNothingPlantedIsNothingFound(t *testing.T) {
	var p planting
	p.inspect(p.token(), p.plant)
	if found, first := p.search(); found != 0 {
		t.Errorf("found %d: %s", found, first)
	}
	if len(p.secrets) != 2 || len(p.printed) < 100 {
		t.Errorf("planted %d, printed %d texts", len(p.secrets), len(p.printed))
	}
}
