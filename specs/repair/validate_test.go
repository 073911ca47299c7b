package repair_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// things is a small contract that can be repaired as it is.
const things = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},
 "paths":{"/things/{uid}":{"get":{"operationId":"getThing","tags":["Things"],
  "parameters":[{"in":"path","name":"uid","required":true,"schema":{"type":"string"}},{"in":"query","name":"fresh","schema":{"type":"boolean"}}],
  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"object","properties":{
   "data":{"type":"object","properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["A","B"]}}}}}}}}}}}}}`

const noOverlay = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: made up, version: '1'}\nactions: []\n"

func repairThings(t *testing.T, contract string) error {
	t.Helper()
	product, err := specs.Load("things", fstest.MapFS{
		"openapi.json": {Data: []byte(contract)}, "overlay.yaml": {Data: []byte(noOverlay)},
	})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := product.Repair()
	if err != nil {
		return err
	}
	return repair.Validate(doc)
}

func TestPlainDocumentIsRepaired(t *testing.T) {
	if err := repairThings(t, things); err != nil {
		t.Error(err)
	}
}

// TestHostileNamesAreRefused writes into a document what would leave its place in Go
// source, in a comment or in a table, or would be dropped without a word.
func TestHostileNamesAreRefused(t *testing.T) {
	const code = "x`}; func init() { panic(1) }; type z struct { y string `json:\"y"
	for name, test := range map[string]struct{ old, new, says string }{
		"operation id of code":      {`"getThing"`, quoted("get\"\n}\nfunc init() {}"), "gives no Go identifier"},
		"operation id with a tab":   {`"getThing"`, quoted("get\tThing"), "gives no Go identifier"},
		"operation id of digits":    {`"getThing"`, `"3"`, "gives no Go identifier"},
		"tag of digits":             {`["Things"]`, `["3D"]`, "gives no Go identifier"},
		"tag of symbols":            {`["Things"]`, `["<&>"]`, "gives no Go identifier"},
		"no tag":                    {`["Things"]`, `[]`, "has no tag"},
		"path with a line break":    {`"/things/{uid}"`, quoted("/things/{uid}\n}; func init() {}"), "control character"},
		"member of code":            {`"name":{"type":"string"}`, quoted(code) + `:{"type":"string"}`, "cannot stand in Go source"},
		"member with an option":     {`"name":{"type":"string"}`, `"name,string":{"type":"string"}`, "cannot stand in Go source"},
		"member that is no member":  {`"name":{"type":"string"}`, `"-":{"type":"string"}`, "cannot stand in Go source"},
		"member of symbols":         {`"name":{"type":"string"}`, `"<&>":{"type":"string"}`, "gives no Go identifier"},
		"members of one name":       {`"name":{"type":"string"}`, `"na_me":{"type":"string"},"naMe":{"type":"string"}`, "would both be NaMe"},
		"parameter of code":         {`"name":"fresh"`, `"name":` + quoted(code), "cannot stand in Go source"},
		"parameters of one name":    {`{"in":"query",`, `{"in":"query","name":"Fresh","schema":{"type":"string"}},{"in":"query",`, "would both be Fresh"},
		"parameter of the method":   {`"name":"uid"`, `"name":"ctx"`, "needs itself"},
		"parameter of the language": {`"name":"uid"`, `"name":"string"`, "needs itself"},
		"parameter of no place":     {`"in":"query"`, `"in":"form"`, "OpenAPI has no such place"},
		"constants of one name":     {`["A","B"]`, `["a b","a-b"]`, "would have one constant"},
		"constant of symbols":       {`["A","B"]`, `["<"]`, "gives no constant"},
		"constant of no value":      {`"enum":["A","B"]`, `"enum":["A","B"],"x-enum-names":{"C":"Third"}`, "is none of the values"},
		"type that is reserved":     {`"data":{"type":"object","properties"`, `"data":{"x-type-name":"Services","type":"object","properties"`, "would both be called Services"},
		"one id for two":            {`"paths":{`, `"paths":{"/others":{"get":{"operationId":"getThing","tags":["Things"],"responses":{"200":{"description":"OK"}}}},`, "have one operationId"},
		"paths that collide":        {`"paths":{`, `"paths":{"/things/{id}":{"get":{"operationId":"getThat","tags":["Things"],"parameters":[{"in":"path","name":"id","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"OK"}}}},`, "conflicting paths"},
		"value with a quote":        {`["A","B"]`, `["A\"","B"]`, "cannot stand in Go source"},
		"value with a line break":   {`["A","B"]`, `["A\n","B"]`, "cannot stand in Go source"},
		"tag with a backtick":       {`["Things"]`, "[" + quoted("Thi`ngs") + "]", "cannot stand in Go source"},
		"media type with a quote":   {`application/json`, `application/json'`, "cannot stand in Go source"},
		"empty operation id":        {`"getThing"`, `""`, "gives no Go identifier"},
		"extension unknown":         {`"operationId"`, `"x-klass":"once","operationId"`, "x-klass has no effect"},
		"extension of no effect":    {`{"type":"boolean"}`, `{"type":"boolean","x-enum-names":{"a":"A"}}`, "x-enum-names has no effect"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(things, test.old) {
				t.Fatalf("the document does not hold %s", test.old)
			}
			err := repairThings(t, strings.Replace(things, test.old, test.new, 1))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}

// TestFit judges contracts as pull does, with the repairs that there are: what a release
// merely asks a human for is let pass, and what would give no Go is not.
func TestFit(t *testing.T) {
	twice := strings.Replace(things, `"paths":{`, `"paths":{"/others":{"get":{"operationId":"getThing","tags":["Things"],"responses":{"200":{"description":"OK"}}}},`, 1)
	repaired := strings.Replace(noOverlay, "actions: []", `actions: [{target: "$.paths['/others'].get", description: The id is used twice., update: {operationId: getOther}}]`, 1)
	for name, test := range map[string]struct{ contract, overlay, says string }{
		"as it was":                {things, noOverlay, ""},
		"no tag":                   {strings.Replace(things, `"tags":["Things"],`, "", 1), noOverlay, ""},
		"no id":                    {strings.Replace(things, `"operationId":"getThing",`, "", 1), noOverlay, ""},
		"one id for two":           {twice, noOverlay, "have one operationId"},
		"one id for two, repaired": {twice, repaired, ""},
		"repair without a place":   {things, repaired, ""},
		"hostile value":            {strings.Replace(things, `"A"`, `"A\"B"`, 1), noOverlay, "cannot stand in Go source"},
	} {
		t.Run(name, func(t *testing.T) {
			product, err := specs.Load("things", fstest.MapFS{"openapi.json": {Data: []byte(things)}, "overlay.yaml": {Data: []byte(test.overlay)}})
			if err != nil {
				t.Fatal(err)
			}
			contract, err := document.Decode([]byte(test.contract))
			if err != nil {
				t.Fatal(err)
			}
			err = product.Rules.Fit(contract)
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}
