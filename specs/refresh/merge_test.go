package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/ngenea"
)

// generators are documents of one Hub as the two generators would write them.
var generators = map[string]func(*testing.T) []byte{"drf-yasg": yasg, "drf-spectacular": spectacular}

func pullSite(t *testing.T, doc []byte, dir string) (out string) {
	t.Helper()
	from := write0(t, t.TempDir(), "served.json", string(doc))
	code, out, message := refresh(t, "pull", "-root", "../..", "-from", from, "-out", dir, "ngenea")
	if code != 0 {
		t.Fatal(message)
	}
	return out
}

func contractIn(t *testing.T, dir string) (document.Object, []byte) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	contract, err := document.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return contract, text
}

// TestTrySitesDocument pulls, generates and compiles in an empty folder, has the Hub's
// tests pass there, and finds every name that programs use still there.
func TestTrySitesDocument(t *testing.T) {
	ours, err := os.ReadFile("../ngenea/operations.tsv")
	if err != nil {
		t.Fatal(err)
	}
	types := typeNames(t, "../../gen/ngeneaapi/models.gen.go")
	for name, doc := range generators {
		t.Run(name, func(t *testing.T) {
			from := write0(t, t.TempDir(), "served.json", string(doc(t)))
			dir := filepath.Join(t.TempDir(), "copy")
			code, _, message := refresh(t, "try", "-root", "../..", "-from", from, "-out", dir, "ngenea")
			if code != 0 {
				t.Fatal(message)
			}
			hubs := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "./overlay/ngenea/...")
			hubs.Dir, hubs.Env = dir, append(os.Environ(), "GOWORK=off")
			if said, err := hubs.CombinedOutput(); err != nil {
				t.Errorf("the Hub's tests fail over this document: %v\n%s", err, said)
			}
			there, err := os.ReadFile(filepath.Join(dir, "specs/ngenea/operations.tsv"))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := inventory.ReadRows(there)
			if err != nil {
				t.Fatal(err)
			}
			committed, err := inventory.ReadRows(ours)
			if err != nil {
				t.Fatal(err)
			}
			if err := keepsNames(t, dir); err != nil {
				t.Error(err)
			}
			if len(rows) != len(committed)+24 {
				t.Errorf("%d operations, want 24 more than our %d", len(rows), len(committed))
			}
			made := typeNames(t, filepath.Join(dir, "gen/ngeneaapi/models.gen.go"))
			for _, want := range slices.Concat(types, []string{"Schedule", "ScheduleInput", "ScheduleChanges", "SchedulePage", "Space", "User", "JobPriority"}) {
				if !slices.Contains(made, want) {
					t.Errorf("the type %s is not generated", want)
				}
			}
			for _, type0 := range made {
				if strings.Contains(type0, "Dynamo") || strings.Contains(type0, "Patched") || strings.Contains(type0, "Paginated") {
					t.Errorf("the type %s has the site's name", type0)
				}
			}
		})
	}
}

func typeNames(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "type "); ok {
			names = append(names, strings.Fields(rest)[0])
		}
	}
	return names
}

// TestMergeOfASitesDocument looks at what the merge says and does, place by place.
func TestMergeOfASitesDocument(t *testing.T) {
	for name, doc := range generators {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			out := pullSite(t, doc(t), dir)
			for _, line := range []string{
				"confirmed: GET /jobs/{id}/", "confirmed: Job.state", "added: Job.progress", "added: GET /jobs/, parameter state",
				"added: POST /jobs/{id}/pause/ as Jobs.Pause", "added: GET /schedules/ as Schedules.List",
				"added: PATCH /users/{object_pk}/ as Users.Update",
				"not in the document: POST /datastores/ (inferred): ours stays",
			} {
				if !strings.Contains(out, line+"\n") {
					t.Errorf("no line %q in\n%s", line, out)
				}
			}
			contract, text := contractIn(t, dir)
			paths := contract["paths"].(dict)
			if got := at(paths, "/jobs/{id}/", "get"); got["operationId"] != "getJob" || got["x-provenance"] != "documented" {
				t.Errorf("the matched operation is %v of provenance %v", got["operationId"], got["x-provenance"])
			}
			if got := at(paths, "/datastores/", "post"); got["x-provenance"] != "inferred" {
				t.Errorf("the unconfirmed operation is %v", got["x-provenance"])
			}
			properties := at(contract, "components", "schemas", "Job", "properties")
			if at(properties, "owner")["type"] != nil || at(properties, "access_password")["format"] != "password" {
				t.Errorf("owner is %v, access_password %v", properties["owner"], properties["access_password"])
			}
			if at(contract, "components", "schemas", "Job")["additionalProperties"] == nil {
				t.Error("the secret closes Job, which kept unnamed members before")
			}
			sent := at(contract, "components", "schemas", "ScheduleInput", "properties")
			if sent["id"] != nil || at(sent, "workflow")["$ref"] != reference+"WorkflowInput" {
				t.Errorf("what is sent of a schedule: %v", sent)
			}
			if at(contract, "components", "schemas", "User", "properties")["password"] != nil {
				t.Error("a member that is only sent is answered")
			}
			if bytes.Contains(text, []byte("DynamoJob")) {
				t.Error("the contract has the site's names")
			}
			again := pullSite(t, doc(t), dir)
			if _, second := contractIn(t, dir); !bytes.Equal(text, second) {
				t.Errorf("pulling once more changes the contract:\n%s", again)
			}
		})
	}
}

// TestContradictionsKeepOurs changes one thing in a site's document each time.
func TestContradictionsKeepOurs(t *testing.T) {
	base := parse(string(spectacular(t)))
	before := t.TempDir()
	pullSite(t, encode(t, base), before)
	_, want := contractIn(t, before)
	for name, test := range map[string]struct {
		change func(doc dict)
		says   string
	}{
		"type": {func(d dict) { at(d, "components", "schemas", "DynamoJob", "properties", "type")["type"] = "integer" },
			"contradicts: Job.type: it is integer in the document, and string here; ours stays"},
		"list": {func(d dict) {
			at(d, "paths", "/api/alerts/", "get", "responses", "200", "content", "application/json")["schema"] = dict{"$ref": reference + "PaginatedJobList"}
		}, "contradicts: GET /alerts/, response: it is object in the document, and array here; ours stays"},
		"null": {func(d dict) { at(d, "components", "schemas", "DynamoJob", "properties", "type")["nullable"] = true },
			"contradicts: Job.type: it may be null in the document; ours stays"},
		"required": {func(d dict) { at(d, "components", "schemas", "WriteFileWorkflow")["required"] = []any{"site", "paths"} },
			"contradicts: POST /file/workflow/, body.workflow: it is optional in the document; ours stays"},
		"body gone": {func(d dict) { delete(at(d, "paths", "/api/search/", "post"), "requestBody") },
			"contradicts: POST /search/: it takes no JSON body in the document; ours stays"},
		"body new": {func(d dict) {
			at(d, "paths", "/api/jobs/{object_pk}/cancel/", "post")["requestBody"] = at(d, "paths", "/api/jobs/{object_pk}/pause/", "post")["requestBody"]
		}, "contradicts: POST /jobs/{id}/cancel/: it takes a body in the document; ours stays"},
		"slash": {func(d dict) {
			paths := at(d, "paths")
			paths["/api/health/"] = paths["/api/health"]
			delete(paths, "/api/health")
		}, "contradicts: GET /health: its path is /health/ in the document, which differs in the trailing slash; ours stays"},
		"extension": {func(d dict) {
			at(d, "components", "schemas", "DynamoJob")["x-go-type-import"] = dict{"path": "evil"}
		}, `dropped the vendor's extension "#/components/schemas/DynamoJob/x-go-type-import"`},
		"names of one field": {func(d dict) {
			at(d, "components", "schemas", "DynamoJob", "properties")["_Type"] = dict{"type": "string"}
		}, "left out: Job._Type: "},
		"code": {func(d dict) {
			at(d, "components", "schemas", "DynamoJob", "properties")["x`json\"; func init(){}"] = dict{"type": "string"}
		}, "left out: Job.x`json"},
		"combination": {func(d dict) {
			at(d, "components", "schemas", "DynamoJob", "properties")["type"] = dict{"oneOf": []any{dict{"type": "string"}, dict{"type": "object", "properties": dict{}}}}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(string(mustEncode(base)))
			test.change(doc)
			dir := t.TempDir()
			out := pullSite(t, encode(t, doc), dir)
			if !strings.Contains(out, test.says) {
				t.Errorf("no line %q in\n%s", test.says, out)
			}
			if _, got := contractIn(t, dir); !bytes.Equal(got, want) {
				t.Errorf("the contract is another one: %s", firstDifference(want, got))
			}
		})
	}
}

func firstDifference(want, got []byte) string {
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "want " + strings.TrimSpace(a[i]) + ", got " + strings.TrimSpace(b[i])
		}
	}
	return "another length"
}

// TestOurOwnContractConfirmsNothing pulls what a simulator serves.
func TestOurOwnContractConfirmsNothing(t *testing.T) {
	ours := []byte(ngenea.Contract())
	dir := t.TempDir()
	if said := pullSite(t, ours, dir); strings.Contains(said, "contradicts") || strings.Count(said, "dropped") != 1 {
		t.Errorf("our own contract contradicts itself, or its extensions are not counted: %s", said)
	}
	if _, got := contractIn(t, dir); !bytes.Equal(got, ours) {
		t.Errorf("our own contract, pulled over itself, is another: %s", firstDifference(ours, got))
	}
}

// TestPrefixInAnyPlace finds the same operations wherever the document has the API's root.
func TestPrefixInAnyPlace(t *testing.T) {
	want := t.TempDir()
	pullSite(t, spectacular(t), want)
	_, expected := contractIn(t, want)
	for name, servers := range map[string]string{
		"in the server": `[{"url":"/api"}]`, "in its address": `[{"url":"https://hub.example.com/api/"}]`,
		"behind a proxy": `[{"url":"https://example.com/tools/hub/api"}]`, "nowhere": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(string(spectacular(t)))
			paths := dict{}
			for path, item := range at(doc, "paths") {
				paths[strings.TrimPrefix(path, "/api")] = item
			}
			doc["paths"] = paths
			var list []any
			if err := json.Unmarshal([]byte(servers), &list); err != nil {
				t.Fatal(err)
			}
			doc["servers"] = list
			dir := t.TempDir()
			pullSite(t, encode(t, doc), dir)
			if _, got := contractIn(t, dir); !bytes.Equal(got, expected) {
				t.Errorf("the contract is another one: %s", firstDifference(expected, got))
			}
		})
	}
}

// keepsNames compares what a copy of the repository made with our own inventory.
func keepsNames(t *testing.T, dir string) error {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "specs/ngenea/effective.json"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := document.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	product, err := specs.Load("ngenea", os.DirFS("../ngenea"))
	if err != nil {
		t.Fatal(err)
	}
	return product.Lock.Compare(made)
}
