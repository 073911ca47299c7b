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
