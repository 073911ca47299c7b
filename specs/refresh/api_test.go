package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// firstRelease is a module with the two folders that programs import from.
var firstRelease = map[string]string{
	"go.mod":            "module github.com/hotcold-go/hotcold\n\ngo 1.26.0\n",
	"gen/thingapi/a.go": "package thingapi\n\ntype Thing struct {\n\tName string\n\tSize int64\n}\n\ntype Kind string\n\nconst Small Kind = \"S\"\n",
	"overlay/door/a.go": `package door

import "github.com/hotcold-go/hotcold/gen/thingapi"

type Client struct{ hidden int }

func (c *Client) Find(name string, options ...int) (*thingapi.Thing, error) { return nil, c.fail() }

func (c *Client) fail() error { return nil }

func Forgotten() {}

type Watcher interface{ Seen(*thingapi.Thing) }
`,
}

// A release is a tree whose exported API is compared with a later one's.
type release0 struct {
	t    *testing.T
	root string
}

func newRelease(t *testing.T) release0 {
	r := release0{t, t.TempDir()}
	for name, text := range firstRelease {
		r.write(name, text)
	}
	if err := copyTree("diff", filepath.Join(r.root, "specs/refresh/diff")); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r release0) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// changed writes a file of the first release with other text in it.
func (r release0) changed(name, old, text string) {
	r.t.Helper()
	if !strings.Contains(firstRelease[name], old) {
		r.t.Fatalf("%s has no %q", name, old)
	}
	r.write(name, strings.Replace(firstRelease[name], old, text, 1))
}

// says compares the API and wants these lines, in this order, and no other.
func (r release0) says(lines ...string) {
	r.t.Helper()
	code, out, message := refresh(r.t, "api", "-root", r.root)
	if want := strings.Join(lines, "\n") + "\n"; code != 0 || out != want {
		r.t.Errorf("exit %d, %s\n%s\nwant\n%s", code, message, out, want)
	}
	code, _, message = refresh(r.t, "api", "-root", r.root, "-fail-on-breaking")
	if broken := strings.HasPrefix(lines[0], "BREAKING"); broken != (code == 1) || broken != strings.Contains(message, "breaking changes") {
		r.t.Errorf("-fail-on-breaking: exit %d, %s", code, message)
	}
}

// TestAPIAgainstTag compares with the last tag, once there is one.
func TestAPIAgainstTag(t *testing.T) {
	r := newRelease(t)
	git := func(arguments ...string) {
		t.Helper()
		git := exec.CommandContext(t.Context(), "git", append([]string{"-C", r.root, "-c", "user.name=a", "-c", "user.email=a@example.com",
			"-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, arguments...)...)
		if output, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", arguments, err, output)
		}
	}
	git("init", "-q")
	git("add", "--all")
	git("commit", "-q", "-m", "first")
	r.says("no release is tagged: there is nothing to compare with")
	git("tag", "v1.0.0")
	git("commit", "-q", "--allow-empty", "-m", "later")
	r.says("0 changes since v1.0.0, 0 of them breaking")

	// What is not exported may change.
	r.write("overlay/door/a.go", strings.ReplaceAll(firstRelease["overlay/door/a.go"], "fail()", "failure()")+"\nfunc New() *Client { return nil }\n")
	r.says("door: New: added", "1 changes since v1.0.0, 0 of them breaking")

	r.changed("gen/thingapi/a.go", "Size int64", "Size uint64\n\tNote []string")
	r.changed("overlay/door/a.go", "func Forgotten() {}\n\ntype Watcher interface{", "type Watcher interface{\nGone()\n")
	r.says("BREAKING: thingapi: Thing.Size: changed from int64 to uint64",
		"BREAKING: door: Forgotten: removed",
		"BREAKING: door: Watcher.Gone: added",
		"thingapi: Thing.Note: added", "thingapi: Thing: old is comparable, new is not",
		"5 changes since v1.0.0, 3 of them breaking")

	r.write("gen/thingapi/a.go", firstRelease["gen/thingapi/a.go"])
	if err := os.RemoveAll(filepath.Join(r.root, "overlay/door")); err != nil {
		t.Fatal(err)
	}
	r.write("overlay/window/a.go", "package window\n")
	r.says("BREAKING: door: the package is gone, or does not compile", "1 changes since v1.0.0, 1 of them breaking")
}
