package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// firstRelease is a module with the two rooms that programs import, and with the tests
// of its release: one sees the package from outside, one from inside.
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
	"overlay/door/a_test.go": `package door_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/gen/thingapi"
	"github.com/hotcold-go/hotcold/overlay/door"
)

func TestFind(t *testing.T) {
	found, err := new(door.Client).Find("a")
	_, _, _ = found, err, thingapi.Thing{"a", 1}
}
`,
	"overlay/door/inside_test.go": "package door\n\nvar _ = (*Client).fail\n",
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

// TestAPIAgainstListing compares with the committed listing, as long as no release is
// tagged.
func TestAPIAgainstListing(t *testing.T) {
	r := newRelease(t)
	if code, _, message := refresh(t, "api", "-root", r.root); code != 1 || !strings.Contains(message, "api -write") {
		t.Errorf("without a listing: exit %d, %s", code, message)
	}
	if code, _, message := refresh(t, "api", "-write", "-root", r.root); code != 0 {
		t.Fatal(message)
	}
	r.says("0 changes since specs/api.tsv, 0 of them breaking")

	r.changed("gen/thingapi/a.go", "Size int64", "Size uint64\n\tNote []string")
	r.changed("overlay/door/a.go", "func Forgotten() {}\n\ntype Watcher interface{", "type Watcher interface{\nGone()\n")
	r.says("BREAKING: thingapi: Thing.Size: changed from int64 to uint64",
		"BREAKING: door: Forgotten: removed",
		"BREAKING: door: Watcher.Gone: added",
		"thingapi: Thing: old is comparable, new is not", "thingapi: Thing.Note: added",
		"5 changes since specs/api.tsv, 3 of them breaking")

	r.changed("gen/thingapi/a.go", "type Kind string\n\nconst Small Kind = \"S\"\n", "type More struct{ Field, Other int }\n")
	r.write("overlay/door/a.go", strings.NewReplacer("name string, options", "title string, options",
		"type Watcher interface{ Seen(*thingapi.Thing) }\n", "").Replace(firstRelease["overlay/door/a.go"]))
	r.says("BREAKING: thingapi: Kind: removed", "BREAKING: thingapi: Small: removed", "BREAKING: door: Watcher: removed",
		"thingapi: More: added", "4 changes since specs/api.tsv, 3 of them breaking")

	r.write("gen/thingapi/a.go", firstRelease["gen/thingapi/a.go"])
	if err := os.RemoveAll(filepath.Join(r.root, "overlay/door")); err != nil {
		t.Fatal(err)
	}
	r.write("overlay/window/a.go", "package window\n")
	r.says("BREAKING: door: the package is gone", "1 changes since specs/api.tsv, 1 of them breaking")
}

// TestAPIAgainstTag compares with the last tag, whose tests have to compile too. Each
// of the two notices what the other does not.
func TestAPIAgainstTag(t *testing.T) {
	r := newRelease(t)
	for _, arguments := range [][]string{
		{"init", "-q"}, {"add", "--all"}, {"commit", "-q", "-m", "first"}, {"tag", "v1.0.0"},
		{"commit", "-q", "--allow-empty", "-m", "later"},
	} {
		git := exec.CommandContext(t.Context(), "git", append([]string{"-C", r.root, "-c", "user.name=a", "-c", "user.email=a@example.com",
			"-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, arguments...)...)
		if said, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", arguments, err, said)
		}
	}
	r.says("0 changes since v1.0.0, 0 of them breaking")

	// What is not exported may change, and a test of it with it.
	r.write("overlay/door/a.go", strings.ReplaceAll(firstRelease["overlay/door/a.go"], "fail()", "failure()")+"\nfunc New() *Client { return nil }\n")
	r.changed("overlay/door/inside_test.go", "fail", "failure")
	r.says("door: New: added", "1 changes since v1.0.0, 0 of them breaking")

	r.write("overlay/door/inside_test.go", firstRelease["overlay/door/inside_test.go"])
	r.changed("overlay/door/a.go", "func Forgotten() {}\n", "")
	r.says("BREAKING: door: Forgotten: removed", "1 changes since v1.0.0, 1 of them breaking")

	r.write("overlay/door/a.go", firstRelease["overlay/door/a.go"])
	r.changed("gen/thingapi/a.go", "Size int64\n", "Size int64\n\tNote string\n")
	r.write("overlay/door/a_test.go", strings.Replace(firstRelease["overlay/door/a_test.go"], `{"a", 1}`, `{Name: "a"}`, 1))
	r.says("BREAKING: a test of v1.0.0 no longer compiles: overlay/door/a_test.go:12: too few values in struct literal of type thingapi.Thing",
		"thingapi: Thing.Note: added", "2 changes since v1.0.0, 1 of them breaking")
}

// TestCompilerSaysOnce takes what go vet prints for a package and again for its tests.
func TestCompilerSaysOnce(t *testing.T) {
	const said = "# door\noverlay/door/a.go:3:5: undefined: x\n# door_test\nvet: overlay/door/a.go:3:5: undefined: x\n"
	if lines := compilerSays("v1.0.0", said); len(lines) != 1 || !strings.HasSuffix(lines[0], "overlay/door/a.go:3: undefined: x") {
		t.Errorf("got %q", lines)
	}
}
