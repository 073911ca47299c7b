package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs"
)

func TestCheckPasses(t *testing.T) {
	for product, says := range map[string]string{"weka": "weka: ", "ngenea": "ngenea: "} {
		code, out, message := refresh(t, "check", "-root", "../..", product)
		if code != 0 || !strings.HasPrefix(out, says) || !strings.Contains(out, "all agree") {
			t.Errorf("%s: exit %d, %s%s", product, code, out, message)
		}
	}
}

// isMerged reports whether a site's document was merged into the Hub's contract of this tree.
func isMerged() bool {
	_, err := os.Stat("../ngenea/" + own)
	return err == nil
}

// firstRepair is an action of the overlay, whole.
const firstRepair = `  - target: $.paths['/drives/deactivate'].post
    description: The id is misspelt.
    update:
      operationId: deactivateDrives
      x-vendor-id: deactivatesDrives
`

// An edit replaces the first old text of a file by another; without an old one, it
// writes the file.
type edit struct{ file, old, new string }

// tampered is a copy of what check reads of a product, with edits.
func tampered(t *testing.T, product string, edits ...edit) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, dir := range []string{"specs/" + product, "gen/" + product + "api", "gen/templates"} {
		if err := copyTree(filepath.Join("../..", dir), filepath.Join(root, dir)); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range edits {
		path := filepath.Join(root, e.file)
		changed := e.new
		if e.old != "" {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), e.old) {
				t.Fatalf("%s does not hold %q", e.file, e.old)
			}
			changed = strings.Replace(string(text), e.old, e.new, 1)
		}
		write0(t, filepath.Dir(path), filepath.Base(path), changed)
	}
	return root
}

// caught expects check to fail with one line that says this.
func caught(t *testing.T, root, product, says string) {
	t.Helper()
	code, out, message := refresh(t, "check", "-root", root, product)
	if code != 1 || !strings.Contains(message, says) || strings.Count(message, "\n") != 1 {
		t.Errorf("exit %d, %s%s want exit 1 and one line that says %q", code, out, message, says)
	}
}

// TestCheckCatchesTampering edits a copy of the repository in one place each time.
func TestCheckCatchesTampering(t *testing.T) {
	for name, test := range map[string]struct{ file, old, new, says string }{
		"contract edited":       {"specs/weka/openapi.json", `"createFileSystem"`, `"makeFileSystem"`, "not the contract that was pulled"},
		"effective edited":      {"specs/ngenea/effective.json", `"listJobs"`, `"allJobs"`, "effective.json is not what"},
		"row edited":            {"specs/ngenea/operations.tsv", "listAlerts\tGET", "allAlerts\tGET", "names and shapes are locked"},
		"row gone":              {"specs/ngenea/operations.tsv", "listAlerts\t", "#\t", "GET /alerts/ would change from #"},
		"class edited":          {"specs/ngenea/operations.tsv", "once", "safe", "operations.tsv is not what the contract and the repairs make, from line "},
		"repair idle":           {"specs/weka/overlay.yaml", "x-class: once", "{operationId: removeContainer, x-vendor-id: setContainerRequestedAction}", "have one operationId, removeContainer"},
		"repair lost":           {"specs/weka/overlay-names.yaml", "operationId: getCloudProxy", "operationId: getProxyOfCloud", "names and shapes are locked"},
		"reason gone":           {"specs/ngenea/overlay.yaml", "description: ", "description: '' # ", "overlay.yaml: action 1 has no reason"},
		"reason of a name gone": {"specs/ngenea/overlay-names.yaml", "description: ", "description: '' # ", "overlay-names.yaml: action 1 has no reason"},
		"summary gone":          {"specs/ngenea/summaries.tsv", "GET\t/actions/{id}/\t", "GET\t/action/{id}/\t", "GET /action"},
		"summary of nothing":    {"specs/weka/releases.tsv", "GET\t/alerts\t", "GET\t/alert\t", "GET /alert, which is no operation"},
		"evidence gone":         {"specs/weka/numbers.yaml", "evidence: ", "evidence: '' # ", "has no evidence"},
		"number of nothing":     {"specs/weka/numbers.yaml", "name: load", "name: laod", "no number is called that"},
		"extension misspelt":    {"specs/ngenea/overlay.yaml", "x-class: idempotent", "x-klass: idempotent", "x-klass has no effect"},
		"class unknown":         {"specs/ngenea/overlay.yaml", "x-class: idempotent", "x-class: twice", "must be one of"},
		"cursor unknown":        {"specs/ngenea/overlay.yaml", "{cursor: next,", "{cursor: after,", "which the response does not have"},
		"successor of nothing":  {"specs/weka/summaries.tsv", "\tGET /containers\n", "\tGET /container\n", "is no operation"},
		"two summaries":         {"specs/ngenea/summaries.tsv", "GET\t/actions/{id}/\t", "POST\t/actions/\t", "two lines"},
		"column lost":           {"specs/weka/releases.tsv", "/alerts\t3.14", "/alerts 3.14", "columns"},
		"declared twice":        {"gen/ngeneaapi/client.gen.go", "\nfunc NewServices(", "\ntype Alert string\n\nfunc NewServices(", "client.gen.go is not what the effective document makes, from line "},
		"mark gone":             {"gen/ngeneaapi/client.gen.go", "// Code generated", "// Written", "written by hand"},
		"source edited":         {"specs/ngenea/source.yaml", `release: "`, `release: "9`, "is of ngenea 9"},
		"float32 generated":     {"gen/wekaapi/models.gen.go", "float64", "float32", "float32"},
		"anonymous generated":   {"gen/ngeneaapi/models.gen.go", "Results  []Feature ", "Results  []struct{} ", "anonymous struct"},
		"our contract edited":   {"specs/ngenea/openapi.json", `"listJobs"`, `"allJobs"`, "write its sha256 there"},
		"not canonical":         {"specs/ngenea/openapi.json", "{\n \"components\"", "{\"components\"", "not written as pull writes it"},
		"type locked":           {"specs/ngenea/types.tsv", "Action\tstruct", "Actions\tstruct", "the type Actions is gone"},
		"kind locked":           {"specs/ngenea/types.tsv", "Action\tstruct", "Action\tenumeration", "would change from enumeration to struct"},
		"generated edited":      {"gen/ngeneaapi/models.gen.go", "// Alert is", "// An Alert is", "models.gen.go is not what the effective document makes, from line "},
		"repair removed":        {"specs/weka/overlay-names.yaml", firstRepair, "", "POST /drives/deactivate would change from deactivateDrives"},
		"method gone":           {"gen/ngeneaapi/client.gen.go", "JobsService) List(", "JobsService) Make(", "Jobs.List"},
		"name of nothing":       {"specs/weka/names.yaml", "getAllObsBuckets: List", "getAllObsBuckets: All", "committed names stay"},
		"name by rule":          {"specs/weka/names.yaml", "methods:\n", "methods:\n  getAlerts: List\n", "the rule also makes List of getAlerts"},
		"service of nothing":    {"specs/weka/names.yaml", "    - Health\n", "    - Health\n    - Wealth\n", "names.yaml lists Wealth, which is not a service"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			product := strings.TrimSuffix(strings.Split(test.file, "/")[1], "api")
			if name == "our contract edited" && isMerged() {
				t.Skip("the contract is not ours alone")
			}
			caught(t, tampered(t, product, edit{test.file, test.old, test.new}), product, test.says)
		})
	}
}

// TestCheckCatchesIdleRepairs puts repairs in front of the first of each file that do
// nothing, or find no place or too many.
func TestCheckCatchesIdleRepairs(t *testing.T) {
	for name, test := range map[string]struct{ target, update, says string }{
		"changes nothing":  {"$.components.schemas.Alert", "type: object", "overlay.yaml: action 1 changes nothing: the defect is gone, remove the repair ($.components.schemas.Alert)"},
		"no place":         {"$.paths['/alarms'].get", "operationId: getAlarms", "overlay.yaml: action 1 finds 0 places and not 1 ($.paths['/alarms'].get)"},
		"too many places":  {"$.paths.*.get", "x-note: x", "places and not 1"},
		"restates a value": {"$.info", `version: "` + here(t) + `"`, "changes nothing: the defect is gone, remove the repair"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if isMerged() {
				t.Skip("repairs apply to the contract of a site as far as they fit")
			}
			action := "actions:\n  - target: " + test.target + "\n    description: A made-up defect of the document.\n    update:\n      " + test.update + "\n"
			for _, file := range []string{"overlay.yaml", "overlay-names.yaml", "overlay-documentation.yaml"} {
				says := strings.Replace(test.says, "overlay.yaml", file, 1)
				caught(t, tampered(t, "ngenea", edit{"specs/ngenea/" + file, "actions:\n", action}), "ngenea", says)
			}
		})
	}
}

// here is the release of the contract.
func here(t *testing.T) string {
	t.Helper()
	product, err := specs.Load("ngenea", os.DirFS("../ngenea"))
	if err != nil {
		t.Fatal(err)
	}
	return product.Release()
}

// alarm is an operation that no release has.
const alarm = `{"operationId": "getAlarms", "tags": ["Alerts"], "responses": {"200": {"description": "OK"}}}`

// stated is changes.yaml as it is, with statements more; HERE is the contract's release.
func stated(t *testing.T, operation, typ string) edit {
	t.Helper()
	statements := map[string][]any{}
	text, err := os.ReadFile("../ngenea/changes.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &statements)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for list, statement := range map[string]string{"operations": operation, "types": typ} {
		var more []any
		if err := yaml.Unmarshal([]byte("["+strings.ReplaceAll(statement, "HERE", strconv.Quote(here(t)))+"]"), &more); err != nil {
			t.Fatal(err)
		}
		statements[list] = append(more, statements[list]...)
	}
	text, err = yaml.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	return edit{"specs/ngenea/changes.yaml", "", string(text)}
}

// kept is removed.json as it is, with an alarm more.
func kept(t *testing.T) edit {
	t.Helper()
	document := dict{"paths": dict{}, "components": dict{}}
	if text, err := os.ReadFile("../ngenea/removed.json"); err == nil {
		document = parse(string(text))
	}
	at(document, "paths")["/alarms"] = dict{"get": parse(alarm)}
	return edit{"specs/ngenea/removed.json", "", string(encode(t, document))}
}

// TestCheckCatchesStatements states in changes.yaml what is not so in the contract, or
// no longer, and keeps in removed.json what changes.yaml does not state.
func TestCheckCatchesStatements(t *testing.T) {
	for name, test := range map[string]struct {
		operation, typ string
		kept           bool
		says           string
	}{
		"rename to nothing":     {`{id: getAlarms, from: getSignals, in: HERE}`, "", false, "no operation is called that"},
		"rename, both there":    {`{id: getJob, from: listJobs, in: HERE}`, "", false, "listJobs is called getJob since " + here(t) + ", and both are there"},
		"removed and there":     {`{route: GET /jobs/, removed: HERE}`, "", false, "GET /jobs/ was removed in " + here(t) + ", and the contract has it"},
		"removed, kept by none": {`{route: GET /alarms, removed: HERE}`, "", false, "GET /alarms was removed in " + here(t) + ", and removed.json does not have it"},
		"type to nothing":       {"", `{type: Alarm, from: Signal, in: HERE}`, false, "no type is called that"},
		"type removed, there":   {"", `{type: Alert, removed: HERE}`, false, "the type Alert was removed in " + here(t) + ", and it is there"},
		"half a statement":      {`{id: getAlarms, from: getSignals}`, "", false, "operation 1 must state either"},
		"misspelt":              {`{id: getAlarms, form: getSignals, in: HERE}`, "", false, "changes.yaml: "},
		"kept and not stated":   {"", "", true, "removed.json has GET /alarms, and changes.yaml does not say which release"},
		"kept too long":         {`{route: GET /alarms, removed: "0.9"}`, "", true, "removed.json keeps GET /alarms, which 0.9 removed, and the contract is of " + here(t)},
		"kept by hand": {`{route: GET /alarms, removed: HERE}`, "", true,
			map[bool]string{false: "GET /alarms has no summary", true: "operations.tsv is not what the contract and the repairs make"}[isMerged()]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edits := []edit{stated(t, test.operation, test.typ)}
			if test.kept {
				edits = append(edits, kept(t))
			}
			caught(t, tampered(t, "ngenea", edits...), "ngenea", test.says)
		})
	}
	caught(t, tampered(t, "ngenea", edit{"specs/ngenea/removed.json", "", `{"paths": {`}), "ngenea", "removed.json: ")
}

// TestHistoryPassesCheck states what other releases did.
func TestHistoryPassesCheck(t *testing.T) {
	root := tampered(t, "ngenea", stated(t,
		`{id: getAlarms, from: getSignals, in: "0.9"}, {route: GET /alarms, removed: "0.9"}, {id: getNext, from: getSignals, in: "99"}`,
		`{type: Alarm, removed: "0.9"}, {type: NextAlert, from: Signal, in: "99"}`))
	if code, _, message := refresh(t, "check", "-root", root, "ngenea"); code != 0 {
		t.Error(message)
	}
}

// TestDriftNamesTheFile edits one generated file after the other, in a copy that stands
// for the work tree, and compares it with what was generated.
func TestDriftNamesTheFile(t *testing.T) {
	for _, e := range []edit{
		{"gen/wekaapi/client.gen.go", "func NewServices(", "func MakeServices("},
		{"gen/wekaapi/models.gen.go", "// Alert is", "// An Alert is"},
		{"specs/weka/effective.json", `"createFileSystem"`, `"makeFileSystem"`},
		{"specs/weka/operations.tsv", "createFileSystem\tPOST", "makeFileSystem\tPOST"},
		{"specs/weka/types.tsv", "Alert\tstruct", "Alarm\tstruct"},
	} {
		p := project{root: tampered(t, "weka", e), out: io.Discard}
		made, err := generatedFiles(p.root)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.sameGenerated(tampered(t, "weka"), made); err == nil || !strings.HasPrefix(err.Error(), e.file) {
			t.Errorf("%s is edited, and the error is %v", e.file, err)
		}
	}
}
