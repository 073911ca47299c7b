package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/weka"
)

// published has a property named after each keyword that Strip drops, beside the
// keywords themselves.
const published = `{
 "openapi": "3.0.3", "x-vendor": {"script": "evil"},
 "info": {"title": "made up", "version": "1.0", "description": "prose"},
 "tags": [{"name": "Things", "description": "prose"}],
 "paths": {"/things/{uid}": {"get": {
  "operationId": "getThing", "summary": "prose", "description": "prose", "tags": ["Things"], "x-go-type": "os.Exit",
  "parameters": [{"name": "description", "in": "query", "description": "prose", "example": 1, "schema": {"type": "string", "example": "prose"}}],
  "responses": {"200": {"description": "prose", "content": {"application/json": {"example": {"a": 1}, "schema": {"$ref": "#/components/schemas/thing"}}}}}
 }}},
 "components": {"schemas": {"thing": {"type": "object", "title": "prose", "x-go-type-import": {"path": "evil"}, "desciption": "typo", "properties": {
  "description": {"type": "string", "description": "prose"}, "title": {"type": "string"}, "summary": {"type": "object", "properties": {"example": {"type": "integer"}}},
  "x-ray": {"type": "number"}, "examples": {"type": "integer", "maximum": 18446744073709551615}}}}}
}`

const stripped = `{"components":{"schemas":{"thing":{"properties":{"description":{"type":"string"},"examples":{"maximum":18446744073709551615,"type":"integer"},` +
	`"summary":{"properties":{"example":{"type":"integer"}},"type":"object"},"title":{"type":"string"},"x-ray":{"type":"number"}},"type":"object"}}},` +
	`"info":{"title":"madeup","version":"1.0"},"openapi":"3.0.3",` +
	`"paths":{"/things/{uid}":{"get":{"operationId":"getThing","parameters":[{"in":"query","name":"description","schema":{"type":"string"}}],` +
	`"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/thing"}}},"description":"OK"}},"tags":["Things"]}}},"tags":[{"name":"Things"}]}`

func strip(t *testing.T, doc string) (string, contract.Stripped, error) {
	t.Helper()
	in, err := document.Decode([]byte(doc))
	if err != nil {
		return "", contract.Stripped{}, err
	}
	out, report, err := contract.Strip(in)
	if err != nil {
		return "", report, err
	}
	text, err := document.Encode(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), report, nil
}

func TestStripTellsKeywordsFromNames(t *testing.T) {
	got, report, err := strip(t, published)
	if err != nil {
		t.Fatal(err)
	}
	if squeezed := strings.Join(strings.Fields(got), ""); squeezed != stripped {
		t.Errorf("contract is\n%s\nwant\n%s", squeezed, stripped)
	}
	wantExtensions := []string{"#/components/schemas/thing/x-go-type-import", "#/paths/~1things~1{uid}/get/x-go-type", "#/x-vendor"}
	if !slices.Equal(report.Extensions, wantExtensions) {
		t.Errorf("extensions reported: %q, want %q", report.Extensions, wantExtensions)
	}
	if want := []string{"#/components/schemas/thing/desciption"}; !slices.Equal(report.Unknown, want) {
		t.Errorf("unknown keywords reported: %q, want %q", report.Unknown, want)
	}
	if report.Prose["description"] != 6 {
		t.Errorf("%d descriptions reported, want 6", report.Prose["description"])
	}
}

func TestStripOfAContractChangesNothing(t *testing.T) {
	text := weka.Contract()
	again, report, err := strip(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if again != text {
		t.Error("stripping WEKA's contract once more changes it")
	}
	if len(report.Extensions)+len(report.Unknown) > 0 {
		t.Errorf("a contract has extensions or unknown keywords: %+v", report)
	}
}

func TestUnfitDocumentsAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ document, says string }{
		"empty":            {"", "the document is empty"},
		"truncated":        {published[:400], "not JSON"},
		"text after":       {`{"openapi":"3.0.0"} x`, "after top-level value"},
		"duplicate key":    {`{"openapi":"3.0.0","openapi":"3.0.1"}`, "duplicate"},
		"not an object":    {`[1]`, "not a JSON object"},
		"HTML":             {`<!doctype html><title>Log in</title>`, "not JSON"},
		"no OpenAPI":       {`{"hello":"world"}`, `no member "openapi"`},
		"Swagger 2":        {`{"swagger":"2.0","paths":{}}`, `Swagger "2.0"`},
		"OpenAPI 4":        {`{"openapi":"4.0.0","paths":{}}`, `OpenAPI "4.0.0"`},
		"no paths":         {`{"openapi":"3.0.0","info":{"title":"t","version":"1"}}`, "no paths"},
		"no release":       {`{"openapi":"3.0.0","info":{"title":"t"},"paths":{"/":{}}}`, "info.version"},
		"remote ref":       {strings.Replace(published, "#/components/schemas/thing", "https://evil.example/x.json", 1), "remote references are refused"},
		"file ref":         {strings.Replace(published, "#/components/schemas/thing", "../secret.json#/a", 1), "remote references are refused"},
		"schema no object": {strings.Replace(published, `{"type": "number"}`, `"number"`, 1), "is not an object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := strip(t, test.document)
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want one that says %q", err, test.says)
			}
		})
	}
}
