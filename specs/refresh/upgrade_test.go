package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

// aRow is an operation, whose path ends in its only parameter, {uid}, that the contract
// of any release calls as the inventory does.
func (s stage) aRow() (id, path string) {
	s.t.Helper()
	contract := s.read(s.path("openapi.json"))
	for _, row := range s.load().Lock.Rows {
		if strings.Count(row.Path, "{") == 1 && strings.HasSuffix(row.Path, "/{uid}") && strings.Contains(contract, `"operationId": "`+row.ID+`"`) {
			return row.ID, row.Path
		}
	}
	s.t.Fatal("no operation of the contract is as the test wants it")
	return "", ""
}

// TestUpgradeRefuses feeds the whole refresh what it must not take: exit 1, one line,
// and the tree as it was.
func TestUpgradeRefuses(t *testing.T) {
	s := newStage(t)
	id, path := s.aRow()
	served, collides := s.read(s.path("openapi.json")), strings.Replace(path, "{", "{other_", 1)
	with := func(path, id string) string {
		doc := contractAt(t, s.root)
		doc["paths"].(document.Object)[path] = document.Object{"get": parse(`{"operationId":` + quoted(id) + `,"tags":["Things"],
			"parameters":[{"in":"path","name":"other_uid","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"OK"}}}`)}
		return s.read(s.serve(doc))
	}
	for name, test := range map[string]struct{ text, says string }{
		"a page":         {"<!doctype html><title>Welcome</title>", "not a Swagger UI"},
		"cut off":        {served[:len(served)/2], "not JSON"},
		"one id for two": {with("/made/up/{other_uid}", id), "have one operationId, " + id},
		"id of code":     {with("/made/up/{other_uid}", "a\"\n}\nfunc init() {}"), "gives no Go identifier"},
		"paths collide":  {with(collides, "getMadeUp"), "conflicting paths"},
	} {
		t.Run(name, func(t *testing.T) {
			here := stage{t, s.root}
			said := here.refused(write0(t, t.TempDir(), "served", test.text), test.says)
			if _, line, _ := strings.Cut(said, "refresh:"); strings.Count(line, "\n") != 1 {
				t.Errorf("the error is not one line: %s", line)
			}
		})
	}
}

// TestUpgradeDropsExtensions takes a document whose extensions would steer the
// generator: they are reported, and nothing else changes.
func TestUpgradeDropsExtensions(t *testing.T) {
	s := newStage(t)
	before := s.tree()
	id, _ := s.aRow()
	text := strings.Replace(s.read(s.path("openapi.json")), `"operationId": "`+id+`"`,
		`"x-go-type-import": {"path": "os/exec\"\nfunc init() {}"}, "operationId": "`+id+`"`, 1)
	code, said := s.upgrade(write0(t, t.TempDir(), "served", text))
	if code != 0 {
		t.Fatal("refused")
	}
	s.expect(said, "dropped the vendor's extension", "x-go-type-import", "nothing changed")
	if s.tree() != before {
		t.Error("the tree changed")
	}
	if _, err := os.Stat(filepath.Join(s.root, "MIGRATING.md")); err == nil {
		t.Error("a note was written")
	}
}

// harmless is the next release of a contract, which only adds: a list and its items, a member.
func harmless(t *testing.T, root string) (doc document.Object, release string) {
	t.Helper()
	doc = contractAt(t, root)
	release = document.Release(doc) + ".1"
	doc.Object("info")["version"] = release
	const item = `{"type":"object","properties":{"uid":{"type":"string"},"state":{"type":"string","enum":["UP","DOWN"]}}}`
	for path, get := range map[string]string{
		"/made/ups":       `"operationId":"getMadeUps","responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"object","properties":{"data":{"type":"array","items":` + item + `}}}}}}}`,
		"/made/ups/{uid}": `"operationId":"getMadeUp","parameters":[{"in":"path","name":"uid","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"object","properties":{"data":` + item + `}}}}}}`,
	} {
		doc.Object("paths")[path] = document.Object{"get": parse(`{"tags":["Made Up"],` + get + `}`)}
	}
	schemas := document.Schemas(doc)
	for _, name := range schemas.Keys() {
		if properties := schemas.Object(name, "properties"); properties != nil {
			properties["made_up"] = document.Object{"type": "string"}
			return doc, release
		}
	}
	t.Fatal("no schema has members")
	return nil, ""
}

// TestHarmlessRelease goes through without a line by hand, by a refresh as by a pull and what go
// generate does. Both ways give the same files.
func TestHarmlessRelease(t *testing.T) {
	s, other := newStage(t), newStage(t)
	rows := len(s.load().Lock.Rows)
	doc, release := harmless(t, s.root)
	from := s.serve(doc)
	code, said := s.upgrade(from, s.thoroughly()...)
	if code != 0 {
		t.Fatal("refused")
	}
	s.expect(said, "operation added (2)\n  GET /made/ups: MadeUps.List\n  GET /made/ups/{uid}: MadeUps.Get\n", "\nSAFE to merge after the steps below", "summaries.tsv: write what 2 operations do")
	s.expect(s.read(s.path("summaries.tsv")), "GET\t/made/ups\tcalls GET /made/ups, not described yet\t\n")
	s.expect(s.read(filepath.Join(s.root, "README.md")), fmt.Sprintf("%d of WEKA", rows+2), "WEKA's document is that of release "+release+".")
	s.run("check")

	other.run("pull", "-from", from)
	other.run("repair")
	other.run("inventory")
	there := project{root: other.root, product: "weka", out: t.Output()}
	if err := errors.Join(there.generate(t.Context()), there.readme()); err != nil {
		t.Fatal(err)
	}
	if s.tree() != other.tree() || s.read(filepath.Join(s.root, "README.md")) != other.read(filepath.Join(other.root, "README.md")) {
		t.Error("the refresh gives other files than pull and go generate")
	}
}

// TestInstallIsAllOrNothing makes the last of several files impossible to write.
func TestInstallIsAllOrNothing(t *testing.T) {
	p := project{root: t.TempDir()}
	write0(t, p.root, "a", "before")
	write0(t, p.root, "b", "goes")
	if err := os.MkdirAll(filepath.Join(p.root, "z/in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := p.replace(map[string][]byte{"a": []byte("after"), "b": nil, "c": []byte("new"), "z": []byte("text")}); err == nil {
		t.Fatal("no error")
	}
	entries, err := os.ReadDir(p.root)
	text, _ := os.ReadFile(filepath.Join(p.root, "a"))
	if err != nil || len(entries) != 3 || string(text) != "before" {
		t.Errorf("%v is left, and a is %q", entries, text)
	}
}

// TestFailuresOfTests reads of the output of make test what failed, one line each.
func TestFailuresOfTests(t *testing.T) {
	//nolint:dupword // as go test prints it
	said := `go vet ./...
go test -race ./overlay/...
ok  	example.com/a	0.1s
--- FAIL: TestB (0.01s)
    --- FAIL: TestB/inner (0.00s)
        b_test.go:7: got 1, want 2
        b_test.go:7: got 1, want 2
FAIL
FAIL	example.com/b	0.2s
panic: oh
FAIL	example.com/c	0.2s
--- FAIL: TestD (0.01s)
FAIL	example.com/d [build failed]
make: [Makefile:31: test] Error 1 (ignored)
go run ./specs/refresh check weka
refresh: operations.tsv is old
make: [Makefile:32: test] Error 1 (ignored)
`
	want := []string{"example.com/b: b_test.go:7: got 1, want 2: TestB/inner", "example.com/c: panic: oh", "example.com/d: failed: TestD",
		"go run ./specs/refresh check weka: refresh: operations.tsv is old"}
	if got := failuresOf([]byte(said)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	var many strings.Builder
	for i := range 14 {
		fmt.Fprintf(&many, "a_test.go:%d: wrong\n", i+1)
	}
	if got := failuresOf([]byte(many.String() + "FAIL\texample.com/a\t0.1s\n")); len(got) != 11 || got[10] != "and 4 more, which make test lists" {
		t.Errorf("got %q", got)
	}
}

// TestUpgradeOfHub brings a site's document into the tree, as make refresh does it for
// the Hub, and once more: the second time nothing changes.
func TestUpgradeOfHub(t *testing.T) {
	s := newStage(t)
	from := write0(t, t.TempDir(), "served.json", string(spectacular(t)))
	upgrade := func() string {
		code, out, message := refresh(t, "upgrade", "-root", s.root, "-quick", "-from", from, "ngenea")
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, message)
		}
		return out
	}
	said := upgrade()
	_, screen, _ := strings.Cut(said, "[8/8] install")
	s.expect(said, "operation added (24)", "GET /schedules/: Schedules.List")
	s.expect(screen, "\nto read:\n", "  - contradicts: PATCH /features/{name}/, body.enabled", "  - not in the document: POST /datastores/")
	if strings.Contains(screen, "confirmed:") || strings.Contains(screen, "summaries.tsv") {
		t.Errorf("the screen lists lines that need no reader: %s", screen)
	}
	s.expect(s.read(filepath.Join(s.root, "CHANGELOG.md")), "### Ngenea Hub 2.10 (draft)")
	s.expect(s.read(filepath.Join(s.root, "gen/ngeneaapi/client.gen.go")), "SchedulesService) List(ctx")
	s.expect(upgrade(), "nothing changed")
}
