package main

import (
	"os"
	"testing"
)

func TestDev(t *testing.T) {
	for _, p := range parts {
		if p.name != os.Getenv("PART") {
			continue
		}
		a := short
		a.scenesAtOnce = 1
		if os.Getenv("FULL") != "" {
			a = full
		}
		rows, err := p.measure(t.Context(), a)
		for _, r := range rows {
			t.Log(r)
		}
		if err != nil {
			t.Error(err)
		}
	}
}
