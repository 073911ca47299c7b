package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// The examples of the README are those of this program, so they compile.
func TestReadmeShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"cluster.go", "hub.go"} {
		program, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, code, _ := strings.Cut(string(program), "// README begins\n")
		code, _, _ = strings.Cut(code, "\t// README ends")
		code = strings.ReplaceAll(strings.TrimPrefix(code, "\t"), "\n\t", "\n")
		if code == "" || !strings.Contains(string(readme), "```go\n"+code+"```") {
			t.Errorf("the README does not have the example of test/consumer/readme/%s:\n%s", name, code)
		}
		if lines := strings.Count(code, "\n"); lines > 15 {
			t.Errorf("%s: the example has %d lines, want 15 at most", name, lines)
		}
	}
}

// The second time the filesystem exists.
func TestClusterExampleWorks(t *testing.T) {
	cluster := wekatest.New(t)
	for range 2 {
		if err := provision(t.Context(), cluster.URL, "admin", cluster.CAFile()); err != nil {
			t.Fatal(err)
		}
	}
}

// With a client key, and with a job that fails.
func TestHubExampleWorks(t *testing.T) {
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
	if err := migrate(t.Context(), hub.URL, key.APIKey.Reveal(), hub.CAFile()); err != nil {
		t.Fatal(err)
	}
	hub.NextJobs(1, ngeneatest.Fails)
	err = migrate(t.Context(), hub.URL, key.APIKey.Reveal(), hub.CAFile())
	if failed, ok := errors.AsType[*ngenea.JobError](err); !ok || failed.Job.State != "FAILURE" {
		t.Errorf("got %v, want a JobError", err)
	}
}
