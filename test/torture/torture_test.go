package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/test/results"
)

// TestMain runs the tests, or the test binary as one of the processes that they start.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	// toxiproxy leaks these when a connection ends that it delays.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"))
}

// short are the amounts of the test: less of everything, with the same zeros.
var short = amounts{
	goroutines: 200, expiries: 6, patience: time.Minute,
	lives: 2, life: 2 * time.Second,
	processes: 3, processExpiries: 4,
	kills: 10, revocations: 6, secrets: 100, echoes: 1000,
	chaosCalls: 1000, flaps: 1, deadlineTime: 500 * time.Millisecond,
	overshoot: 1000, deadShare: 0.2, recovery: 15, // other tests run at the same time
	deadly: 2, deaths: 1, deadTime: 1500 * time.Millisecond,
	clients: 1, scenesAtOnce: 2, idleTimeout: 3 * time.Second,
	underWay: 60, burst: 60, rogueTime: 500 * time.Millisecond,
}

// The parts run at the same time, because they wait more than they work. Bursts are for
// themselves: they would take the CPU from the others.
func TestShortForm(t *testing.T) {
	rows, failed := make([][]results.Row, len(parts)), make([]error, len(parts))
	measure := func(i int) { rows[i], failed[i] = parts[i].measure(t.Context(), short) }
	var all sync.WaitGroup
	for i, p := range parts {
		if p.name != "outages" {
			all.Go(func() { measure(i) })
		}
	}
	all.Wait()
	measure(len(parts) - 1)
	for i, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			if failed[i] != nil {
				t.Error(failed[i])
			}
			for _, r := range rows[i] {
				t.Log(r)
				if !r.Held {
					t.Errorf("%s is %v, want %s", r.Name, r.Value, r.Bound)
				}
			}
		})
	}
}

func TestTornFileIsFound(t *testing.T) {
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

func TestFileOfADeadWriter(t *testing.T) {
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
		"wrote the pair":        {"1n1", progress{found: "1n1", writing: "1n2", wrote: "1n2"}, 0, 0},
		"was writing the pair":  {"1n1", progress{found: "1n1", writing: "1n2", wrote: ""}, 1, 0},
		"was writing another":   {"1n1", progress{found: "1n1", writing: "1n3", wrote: "1n2"}, 1, 0},
		"nothing written":       {"1n2", progress{found: "1n2", writing: "1n3"}, 1, 0},
		"lost the written pair": {"1n1", progress{found: "1n1", writing: "1n4", wrote: "1n3"}, 1, 1},
		"found another pair":    {"1n2", progress{found: "", writing: "1n3"}, 1, 1},
	} {
		l := &lane{kind: "token file", folder: folder, kept: c.kept}
		if l.check(&c.said); l.kills != c.kills || l.torn != c.torn {
			t.Errorf("%s: got %d kills, %d torn (%v); want %d, %d", name, l.kills, l.torn, l.first, c.kills, c.torn)
		}
	}
}

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
		"percent":       func(s string) string { return "x" + eachByte(s, "%%%02X") },
		"JSON escapes":  func(s string) string { return "x" + eachByte(s, `\u%04x`) },
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

func TestNothingIsFoundWithoutALeak(t *testing.T) {
	var p planting
	p.inspect(p.token(), p.plant)
	if found, first := p.search(); found != 0 {
		t.Errorf("found %d: %s", found, first)
	}
	if len(p.secrets) != 2 || len(p.printed) < 100 {
		t.Errorf("planted %d, printed %d texts", len(p.secrets), len(p.printed))
	}
}
