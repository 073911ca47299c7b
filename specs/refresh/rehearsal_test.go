package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
)

var rehearse = flag.Bool("rehearse", false, "drive the refresh through every hop, with the tests of the SDK: make rehearse")

// A stage is a copy of the repository in which a maintainer is played.
type stage struct {
	t    *testing.T
	root string
}

func newStage(t *testing.T) stage {
	s := stage{t, t.TempDir()}
	for _, name := range append(module, "test", "CHANGELOG.md") {
		if err := copyTree(filepath.Join("../..", name), filepath.Join(s.root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s stage) path(name string) string { return filepath.Join(s.root, "specs/weka", name) }

func (s stage) read(path string) string {
	s.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s stage) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// serve writes a document where an upgrade reads it.
func (s stage) serve(doc document.Object) string {
	s.t.Helper()
	text, err := document.Encode(doc)
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.t.TempDir(), "served.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// upgrade runs the whole refresh and prints it, if somebody watches.
func (s stage) upgrade(from string, flags ...string) (code int, said string) {
	s.t.Helper()
	arguments := append([]string{"upgrade", "-root", s.root, "-from", from}, flags...)
	code, out, errOut := refresh(s.t, append(arguments, "weka")...)
	s.t.Logf("%s%s", out, errOut)
	return code, out + errOut
}

// refused expects an upgrade to say these things and to leave the tree alone.
func (s stage) refused(from string, says ...string) string {
	s.t.Helper()
	before := s.tree()
	code, said := s.upgrade(from, "-quick")
	if code != 1 {
		s.t.Fatalf("exit %d, want a refusal", code)
	}
	s.expect(said, says...)
	if before != s.tree() {
		s.t.Error("the tree changed although the upgrade was refused")
	}
	return said
}

func (s stage) expect(said string, says ...string) {
	s.t.Helper()
	for _, want := range says {
		if !strings.Contains(said, want) {
			s.t.Errorf("it does not say %q", want)
		}
	}
}

func (s stage) tree() string {
	s.t.Helper()
	var all strings.Builder
	for _, name := range []string{"openapi.json", "effective.json", "operations.tsv", "types.tsv", "summaries.tsv", "source.yaml"} {
		all.WriteString(s.read(s.path(name)))
	}
	return all.String() + s.read(filepath.Join(s.root, "gen/wekaapi/client.gen.go"))
}

// sameAsCommitted compares what a refresh made with what the repository holds.
func (s stage) sameAsCommitted(names ...string) {
	s.t.Helper()
	for _, name := range names {
		if s.read(filepath.Join(s.root, name)) != s.read(filepath.Join("../..", name)) {
			s.t.Errorf("%s is not what the repository holds", name)
		}
	}
}

// TestRehearsal drives the refresh through releases as their documents come: 5.0 to
// 5.1, to a made-up 5.2, and back. Without -rehearse it goes from 5.1 to 5.2 alone.
func TestRehearsal(t *testing.T) {
	s := newStage(t)
	if release := s.load().Release(); release != "5.1" {
		t.Skipf("the releases of the rehearsal are derived from 5.1, and the contract is of %s: derive new ones in releases_test.go", release)
	}
	current := s.serve(contractAt(t, s.root))
	if *rehearse {
		earlier := s.beginWith50()
		s.from50to51(current)
		defer func() { s.back(current, earlier) }()
	}
	s.from51to52()
}

// beginWith50 makes the tree that the repository would have been with 5.0: the repairs
// that fit its contract, and nothing locked yet.
func (s stage) beginWith50() (served string) {
	s.t.Helper()
	doc, routes := release50(s.t, s.root)
	if routes != 337 {
		s.t.Errorf("5.0 has %d routes, want 337", routes)
	}
	served = s.serve(doc)
	for _, name := range []string{"operations.tsv", "types.tsv"} {
		if err := os.Remove(s.path(name)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.run("pull", "-from", served)
	s.dropMisfits()
	product := s.load()
	drafts, err := product.Draft()
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("summaries.tsv", string(drafts.Summaries))
	s.write("releases.tsv", string(drafts.Releases))
	s.run("repair")
	s.run("inventory")
	there := project{root: s.root, product: "weka"}
	if err := there.tool(s.t.Context(), "go", "generate", "-run", "oapi-codegen.*specs/weka/", "."); err != nil {
		s.t.Fatal(err)
	}
	return served
}

func (s stage) run(name string, flags ...string) {
	s.t.Helper()
	arguments := append([]string{name, "-root", s.root}, flags...)
	if code, out, errOut := refresh(s.t, append(arguments, "weka")...); code != 0 {
		s.t.Fatalf("%s: %s%s", name, out, errOut)
	}
}

func (s stage) load() *specs.Product {
	s.t.Helper()
	product, err := specs.Load("weka", os.DirFS(s.path("")))
	if err != nil {
		s.t.Fatal(err)
	}
	return product
}

// dropMisfits takes out of the overlay what does not fit the contract, as often as
// something does not.
func (s stage) dropMisfits() {
	s.t.Helper()
	for {
		misfits, err := s.load().Misfits()
		if err != nil {
			s.t.Fatal(err)
		}
		if len(misfits) == 0 {
			return
		}
		s.dropActions(misfits)
	}
}

var (
	placesFound = regexp.MustCompile(`finds (\d+) places`)
)

// dropActions drops each action that is said not to fit, or states the number of
// places that it has now.
func (s stage) dropActions(misfits []string) {
	s.t.Helper()
	byFile := map[string]map[int]string{} // the misfit by the number of the action
	for _, line := range misfits {
		found := actionNumber.FindStringSubmatch(line)
		number, err := strconv.Atoi(found[2])
		if err != nil {
			s.t.Fatal(err)
		}
		if byFile[found[1]] == nil {
			byFile[found[1]] = map[int]string{}
		}
		byFile[found[1]][number] = line
	}
	for file, misfits := range byFile {
		var overlay map[string]any
		if err := yaml.Unmarshal([]byte(s.read(s.path(file))), &overlay); err != nil {
			s.t.Fatal(err)
		}
		var kept []any
		for i, action := range overlay["actions"].([]any) {
			if line, misfit := misfits[i+1]; misfit {
				found := placesFound.FindStringSubmatch(line)
				if found == nil || found[1] == "0" {
					continue
				}
				places, err := strconv.Atoi(found[1])
				if err != nil {
					s.t.Fatal(err)
				}
				action.(map[string]any)["x-matches"] = places
			}
			kept = append(kept, action)
		}
		overlay["actions"] = kept
		text, err := yaml.Marshal(overlay)
		if err != nil {
			s.t.Fatal(err)
		}
		s.write(file, string(text))
	}
}

// from50to51 plays the work on 5.1, whose result is what the repository holds.
func (s stage) from50to51(from string) {
	s.t.Helper()
	for _, name := range []string{"overlay.yaml", "overlay-names.yaml", "overlay-documentation.yaml", "summaries.tsv", "releases.tsv"} {
		s.write(name, s.read(filepath.Join("../weka", name)))
	}
	code, said := s.upgrade(from)
	if code != 0 {
		s.t.Fatal("5.0 to 5.1 failed")
	}
	s.expect(said, "operation added (", "[8/8] install", "SAFE to merge")
	s.sameAsCommitted("specs/weka/effective.json", "specs/weka/operations.tsv", "specs/weka/types.tsv", "specs/weka/releases.tsv",
		"gen/wekaapi/client.gen.go", "gen/wekaapi/models.gen.go")
}

// from51to52 plays a maintainer who does what the first run asks for: it lists everything, and
// the second run succeeds.
func (s stage) from51to52() {
	s.t.Helper()
	from := s.serve(release52(s.t, s.root))
	said := s.refused(from, "overlay.yaml: action 5 changes nothing", "specs/weka/overlay.yaml:49", "CreateRehearsalBody has the members",
		"have one operationId, listRehearsals", `"rehearsal log", which gives no Go identifier`, "have one operationId, leaveRehearsal",
		"GET /alerts/description (getAlertDescription) is gone", "probably a rename", "specs/weka/operations.tsv:",
		"update: {operationId: getAlertDescription, x-vendor-id: getAlertDescriptions}}", // keeps the name
		"{id: getAlertDescriptions, from: getAlertDescription, in: \"5.2\"}",
		"GET /alerts/types (getAlertsTypes) is gone", "resolve the 7 problems above")
	const most = 20
	if lines := s.decide(said); lines == 0 || lines > most {
		s.t.Errorf("%d lines of decisions", lines)
	}
	code, said := s.upgrade(from, s.thoroughly()...)
	if code != 0 {
		s.t.Fatal("5.1 to 5.2 failed")
	}
	s.expect(said, "NOT SAFE to merge as a minor release: 3 breaking changes in the document, ", " in the Go API",
		"BREAKING: renamed (1)\n  GET /alerts/description: Alerts.GetDescription is Alerts.ListDescriptions (GET /alerts/descriptions) now",
		"BREAKING: retyped", "BREAKING: newly required", "enum grown", "GET /rehearsals/{uid}/log: Rehearsals.GetLog", "removed.json", "summaries.tsv: write what 6 operations do",
		"operation removed, its method kept for one release: GET /alerts/types",
		"breaks programs, in the Go API:", "  - wekaapi: (*AlertsService).GetDescription: removed")
	if strings.Contains(said, "probably") || strings.Contains(said, "endpoint deprecated") {
		s.t.Error("what changes.yaml states is said as a guess, or twice")
	}
	s.expect(s.read(filepath.Join(s.root, "MIGRATING.md")), "has no field or method GetDescription", "It is `Alerts.ListDescriptions` now.",
		"If you ignore it: a switch", "GET /alerts/types: not in release 5.2. If you ignore it: the server returns 404")
	s.expect(s.read(filepath.Join(s.root, "CHANGELOG.md")), "### WEKA 5.2 (draft)")
	client := s.read(filepath.Join(s.root, "gen/wekaapi/client.gen.go"))
	s.expect(client, "Deprecated: release 5.2 does not have it and returns 404", "ListTypes(ctx", "known since release 5.2")
	s.run("check")
}

// thoroughly are the flags of a refresh whose tests are the subject: with -rehearse it runs
// them all.
func (s stage) thoroughly() []string {
	if *rehearse {
		return nil
	}
	return []string{"-quick"}
}

// decide does what a refusal proposes, and returns the number of lines that it took.
func (s stage) decide(said string) int {
	s.t.Helper()
	var misfits []string
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "    ") && actionNumber.MatchString(line) {
			misfits = append(misfits, line)
		}
	}
	lines := len(misfits) + s.paste(said) + s.state(said)
	s.dropActions(misfits) // last: it writes the overlay in another style
	return lines
}

// paste adds the actions that a refusal proposes to the overlay, but for those that keep a
// name: the rehearsal states that it moves.
func (s stage) paste(said string) (lines int) {
	s.t.Helper()
	var overlay strings.Builder
	overlay.WriteString(s.read(s.path("overlay.yaml")))
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "- {target:") && !strings.Contains(line, "keeps the id") {
			overlay.WriteString("  " + line + "\n")
			lines++
		}
	}
	s.write("overlay.yaml", overlay.String())
	return lines
}

// state writes what a refusal proposes into changes.yaml.
func (s stage) state(said string) (lines int) {
	s.t.Helper()
	var operations, types bytes.Buffer
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "{id:"), strings.HasPrefix(line, "{route:"):
			operations.WriteString("  - " + line + "\n")
			lines++
		case strings.HasPrefix(line, "{type:"):
			types.WriteString("  - " + line + "\n")
			lines++
		}
	}
	old, err := os.ReadFile(s.path("changes.yaml"))
	if err == nil {
		before, after, _ := strings.Cut(string(old), "types:\n")
		s.write("changes.yaml", before+operations.String()+"types:\n"+after+types.String())
		return lines
	}
	s.write("changes.yaml", "operations:\n"+operations.String()+"types:\n"+types.String())
	return lines
}

// back goes to the older releases again: what they never had is stated as removed, and
// stays for one release.
func (s stage) back(to51, to50 string) {
	s.t.Helper()
	s.refused(to51, "GET /rehearsals (listRehearsals) is gone", "that do not fit")
	s.expect(s.settle(to51), "its method kept for one release (5)", "removed.json")
	s.expect(s.read(s.path("operations.tsv")), "listRehearsals", "removed in 5.1", "getAlertDescription\t")

	s.refused(to50, "$.paths['/rehearsals", "is gone")
	s.settle(to50)
	inventory := s.read(s.path("operations.tsv"))
	s.expect(inventory, "removed in 5.0")
	if strings.Contains(inventory, "rehearsal") {
		s.t.Error("what 5.1 had removed is still there in 5.0")
	}
	s.run("check")
}

// settle does what each refusal asks for, until there is none.
func (s stage) settle(from string) (said string) {
	s.t.Helper()
	for range 6 {
		code, said := s.upgrade(from, "-quick")
		if code == 0 {
			return said
		}
		if s.decide(said) == 0 {
			s.t.Fatalf("nothing to settle: %s", said)
		}
	}
	s.t.Fatal("refused again and again")
	return ""
}
