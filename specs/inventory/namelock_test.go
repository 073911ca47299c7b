package inventory_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/inventory"
)

const noOverlay = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: made up, version: '1'}\nactions: []\n"

// things is a small contract that needs no repair.
const things = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},
 "paths":{"/things/{uid}":{"get":{"operationId":"getThing","tags":["Things"],
  "parameters":[{"in":"path","name":"uid","required":true,"schema":{"type":"string"}},{"in":"query","name":"fresh","schema":{"type":"boolean"}}],
  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"object","properties":{
   "data":{"type":"object","properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["A","B"]}}}}}}}}}}}}}`

// locked is a product of which names are committed, with the contract things or another.
func locked(t *testing.T, contract, changes, removed string) (*specs.Product, document.Object, error) {
	t.Helper()
	files := fstest.MapFS{
		"openapi.json":   {Data: []byte(contract)},
		"overlay.yaml":   {Data: []byte(noOverlay)},
		"operations.tsv": {Data: []byte("operationId\tmethod\tpath\tservice.method\tshape\tsince\tclass\tnote\ngetThing\tGET\t/things/{uid}\tThings.GetThing\tparams\t\tsafe\t\n")},
		"types.tsv":      {Data: []byte("type\tkind\tof\nThing\tstruct\tgetThing\nThingKind\tenumeration\tgetThing\n")},
	}
	for name, text := range map[string]string{"changes.yaml": changes, "removed.json": removed} {
		if text != "" {
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	product, err := specs.Load("things", files)
	if err != nil {
		return nil, nil, err
	}
	doc, err := product.Repair()
	return product, doc, err
}

// TestNamesAreLocked changes a contract under a committed inventory.
func TestNamesAreLocked(t *testing.T) {
	kept := strings.Replace(things, "2.0", "1.0", 1)
	lost := strings.NewReplacer(`"/things/{uid}"`, `"/others/{id}"`, `"getThing"`, `"findOther"`, `"uid"`, `"id"`, `["Things"]`, `["Others"]`).Replace(things)
	renamed := strings.NewReplacer(`"/things/{uid}"`, `"/objects/{uid}"`, `"getThing"`, `"getObject"`).Replace(things)
	moved := strings.NewReplacer(`"/things/{uid}"`, `"/objects/{id}"`, `"getThing"`, `"getObject"`, `"uid"`, `"id"`, `["Things"]`, `["Objects"]`).Replace(things)
	const route, body = `"operationId":"getThing"`, `"requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"a":{"type":"string"}}}}}},`
	sends := strings.Replace(things, route, body+route, 1)
	unasked := strings.Replace(things, `,{"in":"query","name":"fresh","schema":{"type":"boolean"}}`, "", 1)
	retyped := strings.Replace(things, `"enum":["A","B"]`, `"description":""`, 1)
	for name, test := range map[string]struct{ contract, changes, removed, says string }{
		"as it was":              {contract: things},
		"gone":                   {contract: lost, says: `(getThing) is gone`},
		"gone, proposal":         {contract: lost, says: `{route: "GET /things/{uid}", removed: "1.0"}`},
		"renamed":                {contract: renamed, says: "probably a rename"},
		"renamed, proposal":      {contract: renamed, says: `{id: getObject, from: getThing, in: "1.0"}`},
		"renamed, its service":   {contract: moved, says: `{id: getObject, from: getThing, in: "1.0"}`},
		"rename stated":          {contract: renamed, changes: `operations: [{id: getObject, from: getThing, in: "1.0"}]`},
		"rename stated wrongly":  {contract: renamed, changes: `operations: [{id: getSubject, from: getThing, in: "1.0"}]`, says: "is gone"},
		"id changed":             {contract: strings.Replace(things, `"getThing"`, `"getObject"`, 1), says: "would change from getThing"},
		"shape is kept":          {contract: strings.Replace(things, `{"in":"query","name":"fresh"`, `{"in":"query","name":"old","schema":{"type":"string"}},{"in":"query","name":"fresh"`, 1)},
		"a body":                 {contract: sends, says: "GET /things/{uid} (getThing) would take body+params and not params: the method would be Things.GetThing(ctx, uid, body GetThingBody, params *GetThingParams)"},
		"a body, proposal":       {contract: sends, says: `{route: "GET /things/{uid}", takes: "body+params", in: "1.0"}`},
		"a body, stated":         {contract: sends, changes: `operations: [{route: "GET /things/{uid}", takes: body+params, in: "1.0"}]`},
		"no params":              {contract: unasked, says: `{route: "GET /things/{uid}", takes: "-", in: "1.0"}`},
		"no params, stated":      {contract: unasked, changes: `operations: [{route: "GET /things/{uid}", takes: "-", in: "1.0"}]`},
		"a shape stated wrongly": {contract: sends, changes: `operations: [{route: "GET /things/{uid}", takes: body, in: "1.0"}]`, says: "would take"},
		"parameter renamed":      {contract: strings.NewReplacer("{uid}", "{id}", `"uid"`, `"id"`).Replace(things)},
		"removal not kept":       {contract: lost, changes: `operations: [{route: "GET /things/{uid}", removed: "1.0"}]`, says: "has to stay, deprecated"},
		"removal kept":           {contract: lost, changes: `operations: [{route: "GET /things/{uid}", removed: "1.0"}]`, removed: kept},
		"removal of long ago":    {contract: lost, changes: `operations: [{route: "GET /things/{uid}", removed: "0.9"}]`, removed: kept},
		"kept and not stated":    {contract: lost, removed: kept, says: "changes.yaml does not say which release"},
		"kept and there":         {contract: things, changes: `operations: [{route: "GET /things/{uid}", removed: "1.0"}]`, removed: kept, says: "in the contract again"},
		"type gone":              {contract: retyped, says: "the type ThingKind is gone"},
		"type stated":            {contract: retyped, changes: `types: [{type: ThingKind, removed: "1.0"}]`},
		"type renamed":           {contract: strings.ReplaceAll(things, `"kind"`, `"sort"`), says: "the type ThingKind is gone"},
		"type rename stated":     {contract: strings.ReplaceAll(things, `"kind"`, `"sort"`), changes: `types: [{type: ThingSort, from: ThingKind, in: "1.0"}]`},
		"statement of both":      {contract: things, changes: `operations: [{id: a, from: b, in: "1", route: GET /a}]`, says: "must state either"},
		"statement of nothing":   {contract: things, changes: `types: [{type: A}]`, says: "must state either"},
		"statement misspelt":     {contract: things, changes: `operation: []`, says: "not found"},
		"no statement, no error": {contract: things, changes: "# nothing moved yet\n"},
	} {
		t.Run(name, func(t *testing.T) {
			product, doc, err := locked(t, test.contract, test.changes, test.removed)
			if err == nil {
				err = product.Lock.Compare(doc)
			}
			if test.says == "" && err != nil {
				t.Error(err)
			}
			if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}

// TestRemovedOperationComesBack expects it deprecated and marked, for its release only.
func TestRemovedOperationComesBack(t *testing.T) {
	const stated = `operations: [{route: "GET /things/{uid}", removed: %}]`
	lost := strings.NewReplacer(`"/things/{uid}"`, `"/others/{uid}"`, `"getThing"`, `"getOther"`, `["Things"]`, `["Others"]`).Replace(things)
	for release, rows := range map[string]int{`"1.0"`: 2, `"0.9"`: 1} {
		_, doc, err := locked(t, lost, strings.Replace(stated, "%", release, 1), things)
		if err != nil {
			t.Fatal(err)
		}
		all := inventory.RowsOf(doc)
		if len(all) != rows {
			t.Fatalf("removed in %s: %d operations, want %d", release, len(all), rows)
		}
		if rows == 2 && all[1].Note != "deprecated; removed in 1.0" {
			t.Errorf("its note is %q", all[1].Note)
		}
	}
}

// TestKeepRemoved takes an operation and what it refers to from the contract before.
func TestKeepRemoved(t *testing.T) {
	before := strings.Replace(things, `"kind":{"type":"string","enum":["A","B"]}`, `"kind":{"$ref":"#/components/schemas/kind"}`, 1)
	before = strings.TrimSuffix(before, "}") + `,"components":{"schemas":{"kind":{"type":"string","enum":["A","B"]},"other":{"type":"string"}}}}`
	lost := strings.NewReplacer(`"/things/{uid}"`, `"/others/{uid}"`, `"getThing"`, `"getOther"`, `["Things"]`, `["Others"]`).Replace(things)
	earlier, _, err := locked(t, before, "", "")
	if err != nil {
		t.Fatal(err)
	}
	const stated = `operations: [{route: "GET /things/{uid}", removed: "1.0"}]`
	product, _, err := locked(t, lost, stated, "")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := document.Encode(product.Lock.KeepRemoved(product.Contract, earlier.Contract, earlier.Lock.Removed))
	if err != nil || strings.Contains(string(kept), `"other"`) {
		t.Errorf("what is kept holds what it does not need (%v): %s", err, kept)
	}
	if _, doc, err := locked(t, lost, stated, string(kept)); err != nil || len(inventory.RowsOf(doc)) != 2 {
		t.Errorf("what is kept cannot be restored: %v", err)
	}
}

// TestRenamedParameterKeepsTables gives the parameter of a path another name: release and
// summary of the operation stay, and so does what refers to it.
func TestRenamedParameterKeepsTables(t *testing.T) {
	contract := strings.NewReplacer("{uid}", "{id}", `"uid"`, `"id"`, `"version":"1.0"`, `"version":"2.0"`, `"paths":{`,
		`"paths":{"/old":{"get":{"operationId":"getOld","tags":["Things"],"deprecated":true,"responses":{"200":{"description":"OK"}}}},`).Replace(things)
	product, err := specs.Load("things", fstest.MapFS{
		"openapi.json": {Data: []byte(contract)}, "overlay.yaml": {Data: []byte(noOverlay)},
		"summaries.tsv": {Data: []byte("method\tpath\tsummary\tsuccessor\nGET\t/things/{uid}\tgets a thing\t\nGET\t/old\tgets one\tGET /things/{uid}\n")},
		"releases.tsv":  {Data: []byte("method\tpath\tsince\nGET\t/things/{uid}\t1.0\nGET\t/old\t1.0\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	drafts, err := product.Draft()
	if err != nil || len(drafts.Undescribed) > 0 {
		t.Errorf("undescribed: %q, %v", drafts.Undescribed, err)
	}
	if got, want := string(drafts.Summaries), "method\tpath\tsummary\tsuccessor\nGET\t/old\tgets one\tGET /things/{id}\nGET\t/things/{id}\tgets a thing\t\n"; got != want {
		t.Errorf("summaries:\n%s", got)
	}
	if got := string(drafts.Releases); !strings.Contains(got, "GET\t/things/{id}\t1.0\n") {
		t.Errorf("releases:\n%s", got)
	}
}

// TestNewNumbers lists the numbers that a release brings, and those with another type.
func TestNewNumbers(t *testing.T) {
	_, before, err := locked(t, things, "", "")
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := locked(t, strings.NewReplacer(`"name":{"type":"string"}`, `"name":{"type":"string"},"size":{"type":"number"},"inodes":{"type":"array","items":{"type":"number"}},"share":{"type":"number","format":"double"}`,
		`"name":"fresh"`, `"name":"limit","schema":{"type":"integer"}},{"in":"query","name":"fresh"`).Replace(things), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(inventory.NewNumbers(before, after), ", "); got != "Thing.inodes uint64, Thing.share float64, Thing.size int64, getThing (limit) int64" {
		t.Errorf("new numbers: %s", got)
	}
	if got := inventory.NewNumbers(after, after); got != nil {
		t.Errorf("new numbers of the same document: %s", got)
	}
}
