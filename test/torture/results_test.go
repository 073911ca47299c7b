package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hotcold-go/hotcold/test/results"
)

func TestRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	rows := []row{
		atLeast("goroutines", 9999, 10000),
		exactly("refreshes an expiry", 1, 1),
		exactly("torn files", 1, 0),
		reported("calls", 5),
	}
	if err := results.Write(path, rows); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for i, want := range []map[string]any{
		{"name": "goroutines", "value": 9999., "unit": "count", "bound": ">= 10000", "held": false},
		{"name": "refreshes an expiry", "value": 1., "unit": "count", "bound": "= 1", "held": true},
		{"name": "torn files", "value": 1., "unit": "count", "bound": "= 0", "held": false},
		{"name": "calls", "value": 5., "unit": "count", "bound": "", "held": true},
	} {
		for name, value := range want {
			if got[i][name] != value || len(got[i]) != len(want) {
				t.Errorf("row %d: %s is %v, want %v", i, name, got[i][name], value)
			}
		}
	}
}
