package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTornFileIsSeen(t *testing.T) {
	whole := `{"access_token":"` + tokenOf("access", "1n2") + `","refresh_token":"` + tokenOf("refresh", "1n2") + `"}`
	for name, c := range map[string]struct {
		text string
		pair string
		torn bool
	}{
		"whole":     {whole, "1n2", false},
		"cut":       {whole[:len(whole)/2], "", true},
		"empty":     {"", "", true},
		"two pairs": {`{"access_token":"` + tokenOf("access", "1n2") + `","refresh_token":"` + tokenOf("refresh", "1n3") + `"}`, "", true},
		"half a token, whole JSON": {
			`{"access_token":"` + tokenOf("access", "1n2")[:100] + `","refresh_token":"` + tokenOf("refresh", "1n2") + `"}`, "", true,
		},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "auth-token.json"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if pair, err := readPair(folder); pair != c.pair || errors.Is(err, errTorn) != c.torn {
			t.Errorf("%s: got %q, %v", name, pair, err)
		}
	}
	if pair, err := readPair(t.TempDir()); pair != "" || err != nil {
		t.Errorf("no file: got %q, %v", pair, err)
	}
}

func TestDeadWriterIsHeldToItsWord(t *testing.T) {
	folder := t.TempDir()
	text := `{"access_token":"` + tokenOf("access", "1n2") + `","refresh_token":"` + tokenOf("refresh", "1n2") + `"}`
	if err := os.WriteFile(filepath.Join(folder, "auth-token.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		kept        string
		said        progress
		kills, torn int
	}{
		"wrote it":            {"1n1", progress{found: "1n1", writing: "1n2", wrote: "1n2"}, 0, 0},
		"was writing it":      {"1n1", progress{found: "1n1", writing: "1n2", wrote: ""}, 1, 0},
		"was writing another": {"1n1", progress{found: "1n1", writing: "1n3", wrote: "1n2"}, 1, 0},
		"nothing written":     {"1n2", progress{found: "1n2", writing: "1n3"}, 1, 0},
		"lost what it wrote":  {"1n1", progress{found: "1n1", writing: "1n4", wrote: "1n3"}, 1, 1},
		"found another":       {"1n2", progress{found: "", writing: "1n3"}, 1, 1},
	} {
		l := &lane{kind: "token file", folder: folder, kept: c.kept}
		if l.check(&c.said); l.kills != c.kills || l.torn != c.torn {
			t.Errorf("%s: got %d kills, %d torn (%v); want %d, %d", name, l.kills, l.torn, l.first, c.kills, c.torn)
		}
	}
}
