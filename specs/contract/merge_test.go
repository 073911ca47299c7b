package contract_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
)

const noOverlay = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: made up, version: '1'}\nactions: []\n"

// ownJobs is a contract of our own, with an enumeration.
const ownJobs = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},"servers":[{"url":"/api"}],
 "paths":{"/jobs/{id}/":{"get":{"operationId":"getJob","tags":["Jobs"],"x-provenance":"inferred",
  "parameters":[{"in":"path","name":"id","required":true,"schema":{"type":"integer"},"x-provenance":"inferred"}],
  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job"}}}}}}}},
 "components":{"schemas":{"Job":{"type":"object","properties":{
  "state":{"type":"string","enum":["NEW","DONE"],"x-provenance":"inferred"}}}}}}`

func mergeJobs(t *testing.T, site string) (contract.Merge, document.Object) {
	t.Helper()
	product, err := specs.Load("jobs", fstest.MapFS{
		"openapi.json": {Data: []byte(ownJobs)}, "overlay.yaml": {Data: []byte(noOverlay)}, "source.yaml": {Data: []byte("merged: true\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Decode([]byte(site))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := product.MergeSite(doc, true)
	if err != nil {
		t.Fatal(err)
	}
	effective, err := product.RepairOf(merged.Contract)
	if err != nil {
		t.Fatal(err)
	}
	return merged, effective
}

const siteJobs = `{"openapi":"3.0.3","info":{"title":"site","version":"v1"},
 "paths":{"/api/jobs/{pk}/":{"get":{"operationId":"api_jobs_retrieve","parameters":[{"in":"path","name":"pk","required":true,"schema":{"type":"integer"}}],
  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/TheJob"}}}}}}}MORE},
 "components":{"schemas":{"TheJob":{"type":"object","properties":{"state":{"type":"string","enum":["NEW","PAUSED","done","DONE"]}}}COMPONENTS}}}`

func TestMergeGrowsAnEnumeration(t *testing.T) {
	merged, _ := mergeJobs(t, strings.NewReplacer("MORE", "", "COMPONENTS", "").Replace(siteJobs))
	text, err := document.Encode(merged.Contract)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(string(text)), ""); !strings.Contains(got, `"enum":["NEW","DONE","PAUSED"]`) {
		t.Errorf("the values are %s", got)
	}
	for _, want := range []string{"confirmed: GET /jobs/{id}/", "confirmed: Job.state", "added: the value PAUSED of Job.state"} {
		if !slices.Contains(merged.Lines, want) {
			t.Errorf("no line %q in %q", want, merged.Lines)
		}
	}
	if !slices.ContainsFunc(merged.Lines, func(line string) bool { return strings.HasPrefix(line, `left out: the value "done"`) }) {
		t.Errorf("two values of one constant pass without a word: %q", merged.Lines)
	}
}

// TestMergeLeavesOutWhatCannotBeGenerated has an inline answer that wants the name of a
// component, which no rule of names foresees.
func TestMergeLeavesOutWhatCannotBeGenerated(t *testing.T) {
	operation := func(path, schema string) string {
		return `,"` + path + `":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":` + schema + `}}}}}}`
	}
	component := `,"SpaceStatus":{"type":"object","properties":{"b":{"type":"string"}}}`
	more := operation("/api/nodes/", `{"$ref":"#/components/schemas/SpaceStatus"}`) +
		operation("/api/spaces/{id}/status/", `{"type":"object","properties":{"a":{"type":"string"}}}`) +
		operation("/api/users/", `{"type":"string"}`)
	merged, effective := mergeJobs(t, strings.NewReplacer("MORE", more, "COMPONENTS", component).Replace(siteJobs))
	var ids []string
	for _, row := range inventory.RowsOf(effective) {
		ids = append(ids, row.ID)
	}
	if want := []string{"getJob", "getNodes", "getUsers"}; !slices.Equal(ids, want) {
		t.Errorf("the operations are %q, want %q", ids, want)
	}
	if !slices.ContainsFunc(merged.Lines, func(line string) bool {
		return strings.HasPrefix(line, "left out: GET /spaces/{id}/status/: ") && strings.Contains(line, "SpaceStatus")
	}) {
		t.Errorf("no line says why one is left out: %q", merged.Lines)
	}
}

// TestMergeOfAnEndlessDocument has combinations that stand for 10^16 schemas.
func TestMergeOfAnEndlessDocument(t *testing.T) {
	var components strings.Builder
	for i := range 16 {
		part := fmt.Sprintf(`{"$ref":"#/components/schemas/S%d"}`, i+1)
		fmt.Fprintf(&components, `,"S%d":{"allOf":[%s]}`, i, strings.TrimSuffix(strings.Repeat(part+",", 10), ","))
	}
	more := `,"/api/users/":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}}}}}`
	site, err := document.Decode([]byte(strings.NewReplacer("MORE", more, "COMPONENTS", components.String()+`,"S16":{"type":"string"}`).Replace(siteJobs)))
	if err != nil {
		t.Fatal(err)
	}
	product, err := specs.Load("jobs", fstest.MapFS{"openapi.json": {Data: []byte(ownJobs)}, "overlay.yaml": {Data: []byte(noOverlay)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := product.MergeSite(site, true); err == nil || !strings.Contains(err.Error(), "without end") {
		t.Errorf("error is %v", err)
	}
}

// TestMembersThatBeginWithASign have the field that the names were settled with: the
// generator would spell the sign.
func TestMembersThatBeginWithASign(t *testing.T) {
	site := strings.NewReplacer("MORE", "", "COMPONENTS", "", `"TheJob":{"type":"object","properties":{`,
		`"TheJob":{"type":"object","properties":{"_links":{"type":"string"},".kind":{"type":"string"},`).Replace(siteJobs)
	_, effective := mergeJobs(t, site)
	properties := effective["components"].(document.Object)["schemas"].(document.Object)["Job"].(document.Object)["properties"].(document.Object)
	for member, want := range map[string]any{"_links": "Links", ".kind": "Kind", "state": nil} {
		if got := properties[member].(document.Object)["x-go-name"]; got != want {
			t.Errorf("the field of %q is %v, want %v", member, got, want)
		}
	}
}

// TestMergeFindsTheRoot has the operations below another path, and one elsewhere.
func TestMergeFindsTheRoot(t *testing.T) {
	for _, root := range []string{"/api", "/hub/api", "/api/v1", ""} {
		site := strings.NewReplacer("MORE", `,"/hubmetrics":{"get":{"responses":{"200":{"description":""}}}}`, "COMPONENTS", "", "/api/jobs", root+"/jobs").Replace(siteJobs)
		merged, _ := mergeJobs(t, site)
		if !slices.Contains(merged.Lines, "confirmed: GET /jobs/{id}/") {
			t.Errorf("%q: got %q", root, merged.Lines)
		}
		if left := slices.Contains(merged.Lines, "left out: GET /hubmetrics: it is not below "+root); left != (root != "") {
			t.Errorf("%q: got %q", root, merged.Lines)
		}
	}
	site, err := document.Decode([]byte(`{"openapi":"3.0.3","info":{"title":"another","version":"1"},"paths":{"/api/pets/":{"get":{"responses":{"200":{"description":""}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	product, err := specs.Load("jobs", fstest.MapFS{"openapi.json": {Data: []byte(ownJobs)}, "overlay.yaml": {Data: []byte(noOverlay)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := product.MergeSite(site, true); err == nil || !strings.Contains(err.Error(), "no operation of the document is one of our contract") {
		t.Errorf("the document of another product: %v", err)
	}
}

// TestMergeOfWhatIsNotDescribed has the ways in which drf-spectacular says little.
func TestMergeOfWhatIsNotDescribed(t *testing.T) {
	answers := func(method, path, content string) string {
		return `,"` + path + `":{"` + method + `":{"parameters":[{"in":"path","name":"pk","required":true,"schema":{"type":"integer"}}],
			"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/TheJob"}}}},"responses":{"200":{"description":"No response body"` + content + `}}}}`
	}
	schema := func(text string) string { return `,"content":{"application/json":{"schema":` + text + `}}` }
	more := answers("get", "/api/a/", "") + answers("get", "/api/b/", schema(`{}`)) +
		answers("get", "/api/c/", schema(`{"oneOf":[{"type":"object"},{"type":"array","items":{}}]}`)) +
		answers("get", "/api/d/", schema(`{"type":"object","additionalProperties":{}}`)) +
		answers("get", "/api/e{format}", schema(`{}`)) + answers("post", "/api/jobs/{pk}/pause/", "")
	site := strings.NewReplacer("MORE", more, "COMPONENTS", "").Replace(siteJobs)
	merged, effective := mergeJobs(t, site)
	for _, path := range []string{"/a/", "/b/", "/c/", "/d/"} {
		if got := document.Find(effective, "GET "+path)["x-result-type"]; got != "json.RawMessage" {
			t.Errorf("GET %s gives %v", path, got)
		}
		if !slices.Contains(merged.Lines, "not described: GET "+path+": its response, which is raw JSON") {
			t.Errorf("no line about GET %s in %q", path, merged.Lines)
		}
	}
	if document.Find(effective, "GET /e{format}") != nil {
		t.Error("a path with a suffix is generated")
	}
	if pause := document.Find(effective, "POST /jobs/{id}/pause/"); pause == nil || pause["requestBody"] != nil {
		t.Errorf("the action is %v", pause)
	}
}
