// Package readme tests the programs of the README, which are in its folders.
package readme

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The programs of the README are those that the tests below run.
func TestReadmeHasThesePrograms(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cluster", "hub"} {
		program, err := os.ReadFile(filepath.Join(name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "```go\n"+string(program)+"```") {
			t.Errorf("the README does not have the program test/consumer/readme/%s/main.go", name)
		}
	}
	if got := strings.Count(string(readme), "\npackage main\n"); got != 2 {
		t.Errorf("the README has %d programs, want 2", got)
	}
}

// build compiles a program, and returns a function that runs it in a folder with the CA
// file.
func build(t *testing.T, name, caName string, ca []byte) func(env ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), "./"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, caName), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(env ...string) (string, error) {
		command := exec.CommandContext(t.Context(), filepath.Join(dir, "program"))
		command.Dir, command.Env = dir, append(os.Environ(), env...)
		out, err := command.CombinedOutput()
		return string(out), err
	}
}

// The second time the filesystem exists.
func TestCluster(t *testing.T) {
	cluster := wekatest.New(t)
	run := build(t, "cluster", "weka-ca.pem", cluster.CAPEM())
	for range 2 {
		out, err := run("WEKA_HOST="+cluster.URL, "WEKA_PASSWORD=admin")
		if err != nil || !strings.HasPrefix(out, "fs1: ") || !strings.Contains(out, " of 1099511627776 bytes used, ") {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// The second job fails.
func TestHub(t *testing.T) {
	hub := ngeneatest.New(t)
	h, err := ngenea.New(hub.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithTransport(hub.Transport()))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	key, err := h.CreateClientKey(t.Context(), "consumer")
	if err != nil {
		t.Fatal(err)
	}
	run := build(t, "hub", "hub-ca.pem", hub.CAPEM())
	env := []string{"NGENEA_URL=" + hub.URL, "NGENEA_CLIENT_KEY=" + key.APIKey.Reveal()}
	if out, err := run(env...); err != nil || !strings.Contains(out, "job 1 is SUCCESS\n") {
		t.Errorf("%v: %s", err, out)
	}
	hub.NextJobs(1, ngeneatest.Fails)
	if out, err := run(env...); err == nil || !strings.Contains(out, "FAILURE") {
		t.Errorf("%v: %s", err, out)
	}
}
