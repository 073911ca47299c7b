package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMakeHandsOverTheAddress gives make refresh addresses that make and the shell would
// read as their own, on its command line and by the environment.
func TestMakeHandsOverTheAddress(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not here")
	}
	for _, from := range []string{`http://h/docs?a=1&b=2`, `http://h/$HOME$(HOME)$`, "http://h/\"x'y`id`", `some file;#|`, `http://h/$(`} {
		for name, run := range map[string]*exec.Cmd{
			"argument":    exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", "refresh", "GO=echo", "FROM="+from),
			"environment": exec.CommandContext(t.Context(), "make", "-s", "-C", "../..", "refresh", "GO=echo"),
		} {
			run.Env = append(os.Environ(), "MAKEFLAGS=") // of a make that runs this test
			if name == "environment" {
				run.Env = append(run.Env, "FROM="+from)
			}
			said, err := run.CombinedOutput()
			if want := "run ./specs/refresh upgrade -from " + from + " weka\n"; err != nil || !strings.Contains(string(said), want) {
				t.Errorf("%s: %v and %q, want %q", name, err, said, want)
			}
		}
	}
}
