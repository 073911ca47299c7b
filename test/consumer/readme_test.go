package main

import (
	"os"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// TestReadmeShowsThisProgram keeps the README's example one that compiles.
func TestReadmeShowsThisProgram(t *testing.T) {
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(program), "// README begins\n")
	code, _, _ = strings.Cut(code, "\t// README ends")
	code = strings.ReplaceAll(strings.TrimPrefix(code, "\t"), "\n\t", "\n")
	if code == "" || !strings.Contains(string(readme), "```go\n"+code+"```") {
		t.Errorf("the README's Go block is not that of test/consumer/main.go:\n%s", code)
	}
	if lines := strings.Count(code, "\n"); lines > 15 {
		t.Errorf("the README's example has %d lines, and promises 15 at most", lines)
	}
}

// TestReadmeProgramWorks runs it twice: the second time the filesystem exists.
func TestReadmeProgramWorks(t *testing.T) {
	cluster := wekatest.New(t)
	for range 2 {
		if err := run(t.Context(), cluster.URL, "admin", cluster.CAFile()); err != nil {
			t.Fatal(err)
		}
	}
}
