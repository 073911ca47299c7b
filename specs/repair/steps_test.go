package repair_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// jobs is a contract of ours: it says what is documented and what is inferred.
const jobs = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},"servers":[{"url":"/api"}],
 "paths":{
  "/jobs/":{
   "get":{"operationId":"listJobs","tags":["Jobs"],"x-provenance":"documented",
    "parameters":[{"in":"query","name":"page","schema":{"type":"integer"},"x-provenance":"inferred"}],
    "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/JobPage"}}}}}},
   "post":{"operationId":"submitJob","tags":["Jobs"],"x-provenance":"inferred",
    "requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{
     "discovery":{"type":"string","nullable":true,"x-provenance":"documented"},"key":{"type":"string","format":"password"}}}}}},
    "responses":{"201":{"description":"Created","content":{"application/json":{"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}}}}}}},
 "components":{"schemas":{
  "JobPage":{"type":"object","properties":{"next":{"type":"string","nullable":true},"results":{"type":"array","items":{"$ref":"#/components/schemas/Job"}}}},
  "Job":{"type":"object","properties":{"id":{"type":"integer"},"ratio":{"type":"number"},"created":{"type":"string","format":"date-time"},
   "state":{"type":"string","enum":["DONE","ODD"],"x-provenance":"inferred"},"login":{"$ref":"#/components/schemas/Login"}}},
  "Login":{"type":"object","properties":{"token":{"type":"string","format":"password"}}}}}}`

const jobActions = `
  - {target: $, description: The contract is not complete., update: {x-open-responses: true}}
  - {target: "$.paths['/jobs/'].get", description: The cursor is an address., update: {x-page: {cursor: next, items: results, parameter: page}}}
  - {target: "$.paths['/jobs/'].post.requestBody.content['application/json'].schema.properties.discovery", description: Null is a choice., update: {x-sends-null: true}}
  - {target: $.components.schemas.Job.properties.state, description: Some of the words., update: {x-known-values: [NEW, DONE], x-enum-names: {NEW: New}}}
`

// repairJobs gives the effective document of the contract with the actions.
func repairJobs(t *testing.T, contract, actions, numbers string) (document.Object, error) {
	t.Helper()
	overlay := strings.Replace(noOverlay, "actions: []\n", "actions:"+actions, 1)
	product, err := specs.Load("jobs", fstest.MapFS{
		"openapi.json": {Data: []byte(contract)}, "overlay.yaml": {Data: []byte(overlay)}, "numbers.yaml": {Data: []byte(numbers)},
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := product.Repair()
	if err != nil {
		return nil, err
	}
	return doc, repair.Validate(doc)
}

// at follows keys through the objects of a document.
func at(t *testing.T, doc document.Object, keys ...string) any {
	t.Helper()
	var value any = doc
	for _, key := range keys {
		inner, ok := value.(document.Object)
		if !ok {
			t.Fatalf("no object holds %q of %q", key, keys)
		}
		value = inner[key]
	}
	return value
}

func TestWhatTheContractCannotKnowStaysWithinReach(t *testing.T) {
	doc, err := repairJobs(t, jobs, jobActions, "{}")
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"components", "schemas"}
	for _, test := range []struct {
		name string
		keys []string
		want any
	}{
		{"a response keeps members without a name", append(types, "Job", "additionalProperties", "x-go-type"), "json.RawMessage"},
		{"an object with a secret is closed", append(types, "Login", "additionalProperties"), nil},
		{"a body is closed", append(types, "SubmitJobBody", "additionalProperties"), nil},
		{"words are a type of their own", append(types, "Job", "properties", "state", "$ref"), "#/components/schemas/JobState"},
		{"the member keeps its provenance", append(types, "Job", "properties", "state", "x-provenance"), "inferred"},
		{"the type has none", append(types, "JobState", "x-provenance"), nil},
		{"words are no enumeration", append(types, "JobState", "enum"), nil},
		{"words known and listed are constants", append(types, "JobState", "x-constants"), []any{
			document.Object{"name": "JobStateNew", "value": "NEW"}, document.Object{"name": "JobStateDone", "value": "DONE"}, document.Object{"name": "JobStateODD", "value": "ODD"},
		}},
		{"null can be sent", append(types, "SubmitJobBody", "properties", "discovery", "x-go-type"), "nullable.Nullable[string]"},
		{"a cursor of a page in a component is text", append(types, "JobPage", "properties", "next", "x-go-type"), "string"},
		{"a number is whole", append(types, "Job", "properties", "ratio", "type"), "integer"},
	} {
		if got := at(t, doc, test.keys...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestProvenanceIsInTheInventory(t *testing.T) {
	doc, err := repairJobs(t, jobs, jobActions, "{}")
	if err != nil {
		t.Fatal(err)
	}
	notes := map[string]string{}
	for _, row := range inventory.RowsOf(doc) {
		notes[row.ID] = row.Note
	}
	if want := map[string]string{"listJobs": "", "submitJob": "inferred"}; !reflect.DeepEqual(notes, want) {
		t.Errorf("notes are %v, want %v", notes, want)
	}
}

func TestNumberMeansWhatItSays(t *testing.T) {
	doc, err := repairJobs(t, jobs, jobActions, "number: float64")
	if err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]string{"ratio": "double", "id": "int64"} {
		if got := at(t, doc, "components", "schemas", "Job", "properties", member, "format"); got != want {
			t.Errorf("%s is %v, want %s", member, got, want)
		}
	}
}

func TestAResultCanBeLeftOut(t *testing.T) {
	doc, err := repairJobs(t, jobs, jobActions+`  - {target: "$.paths['/jobs/'].post", description: Nobody needs it., update: {x-result: none}}`, "{}")
	if err != nil {
		t.Fatal(err)
	}
	post := at(t, doc, "paths", "/jobs/", "post").(document.Object)
	if post["x-result"] != "none" || post["x-result-type"] != nil {
		t.Errorf("the result is %v of type %v, want none", post["x-result"], post["x-result-type"])
	}
}

// TestMendedIDs expects an action that gives an operation another id to know the vendor's.
func TestMendedIDs(t *testing.T) {
	const target = `  - {target: "$.paths['/jobs/'].get", description: The id is misspelt., update: {operationId: getJobs`
	for name, test := range map[string]struct{ contract, update, says string }{
		"as stated":        {jobs, `, x-vendor-id: listJobs}}`, ""},
		"mended":           {strings.Replace(jobs, `"listJobs"`, `"getJobs"`, 1), `, x-vendor-id: listJobs}}`, `states the vendor's id "listJobs", and it is "getJobs" now`},
		"another":          {strings.Replace(jobs, `"listJobs"`, `"jobs"`, 1), `, x-vendor-id: listJobs}}`, `and it is "jobs" now`},
		"there is one now": {jobs, `}}`, `the document has one here, "listJobs"`},
		"no id, as stated": {strings.Replace(jobs, `"operationId":"listJobs",`, "", 1), `}}`, ""},
		"no id any more":   {strings.Replace(jobs, `"operationId":"listJobs",`, "", 1), `, x-vendor-id: listJobs}}`, "the document has none here"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := repairJobs(t, test.contract, jobActions+target+test.update+"\n", "{}")
			if (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}

func TestStatementsThatMissAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ old, new, says string }{
		"provenance misspelt":  {`"x-provenance":"documented"`, `"x-provenance":"documentd"`, "must be one of"},
		"provenance of a page": {`"description":"OK"`, `"description":"OK","x-provenance":"inferred"`, "x-provenance has no effect"},
		"items unknown":        {"items: results", "items: result", `names the items "result"`},
		"cursor unknown":       {"cursor: next", "cursor: nest", `names the cursor "nest"`},
		"constants of one":     {"[NEW, DONE]", "[NEW, New]", "would have one constant"},
		"constant of no word":  {"{NEW: New}", "{OLD: Old}", "is none of the values"},
		"member in the way":    {`"login"`, `"additional_properties"`, "would both be AdditionalProperties"},
		"null without a type":  {`"discovery":{"type":"string"`, `"discovery":{"type":"array","items":{"type":"string"}`, "must be one of"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Count(jobs+jobActions, test.old) == 0 {
				t.Fatalf("nothing holds %q", test.old)
			}
			change := func(text string) string { return strings.Replace(text, test.old, test.new, 1) }
			_, err := repairJobs(t, change(jobs), change(jobActions), "{}")
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}
