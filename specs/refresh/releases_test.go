package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

// The rehearsal's releases are derived from the contract of 5.1: an earlier one of the
// routes that releases.tsv knows since then, and a later one that is made up.

// routesSince reads releases.tsv: METHOD /path to release.
func routesSince(t *testing.T, root string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "specs/weka/releases.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	since := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if column := strings.Split(strings.TrimSpace(line), "\t"); len(column) == 3 {
			since[column[0]+" "+column[1]] = column[2]
		}
	}
	return since
}

func contractAt(t *testing.T, root string) document.Object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "specs/weka/openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// release50 is the contract less what came with 5.1. It returns how many routes remain.
func release50(t *testing.T, root string) (doc document.Object, routes int) {
	doc, since := contractAt(t, root), routesSince(t, root)
	paths := doc["paths"].(document.Object)
	for path, value := range paths {
		item := value.(document.Object)
		for method := range maps.Clone(item) {
			switch {
			case method == "parameters":
			case since[strings.ToUpper(method)+" "+path] == "5.1":
				delete(item, method)
			default:
				routes++
			}
		}
		if _, shared := item["parameters"]; len(item) == 0 || shared && len(item) == 1 {
			delete(paths, path)
		}
	}
	doc["info"].(document.Object)["version"] = "5.0"
	return doc, routes
}

// addedIn52 are the operations of the made-up release, with a new defect of each kind
// that published documents were seen to have: an operationId used twice, one with a
// blank, paths that differ in the name of a parameter, members that give one Go name,
// an operation without a tag, a number without a format, and keys of an example
// written as properties. The general steps repair the last two by themselves.
const addedIn52 = `{
 "/rehearsals": {
  "get": {"operationId": "listRehearsals", "tags": ["Rehearsals"], "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
   "type": "object", "properties": {"data": {"type": "array", "items": {"type": "object", "properties": {
    "uid": {"type": "string"}, "count": {"type": "number"}, "byHost": {"type": "object", "properties": {"0": {"type": "string"}, "1": {"type": "string"}}}}}}}}}}}}},
  "post": {"operationId": "createRehearsal", "tags": ["Rehearsals"],
   "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["name"], "properties": {
    "name": {"type": "string"}, "dryRun": {"type": "boolean"}, "dry_run": {"type": "boolean"}}}}}},
   "responses": {"200": {"description": "OK"}}}},
 "/rehearsals/{uid}": {
  "get": {"operationId": "listRehearsals", "tags": ["Rehearsals"], "parameters": [{"in": "path", "name": "uid", "required": true, "schema": {"type": "string"}}],
   "responses": {"200": {"description": "OK"}}}},
 "/rehearsals/{uid}/log": {
  "get": {"operationId": "rehearsal log", "parameters": [{"in": "path", "name": "uid", "required": true, "schema": {"type": "string"}}],
   "responses": {"200": {"description": "OK"}}}},
 "/rehearsals/{uid}/hosts/{host_uid}": {
  "delete": {"operationId": "leaveRehearsal", "tags": ["Rehearsals"], "deprecated": true, "parameters": [
   {"in": "path", "name": "uid", "required": true, "schema": {"type": "string"}}, {"in": "path", "name": "host_uid", "required": true, "schema": {"type": "string"}}],
   "responses": {"200": {"description": "OK"}}}},
 "/rehearsals/{uid}/hosts/{container_uid}": {
  "delete": {"operationId": "leaveRehearsal", "tags": ["Rehearsals"], "parameters": [
   {"in": "path", "name": "uid", "required": true, "schema": {"type": "string"}}, {"in": "path", "name": "container_uid", "required": true, "schema": {"type": "string"}}],
   "responses": {"200": {"description": "OK"}}}}
}`

// release52 is made up: operations are added, one is renamed and one removed, a field
// is retyped, an enumeration grows, a body asks for more, a defect is fixed, and there
// are new ones.
func release52(t *testing.T, root string) document.Object {
	t.Helper()
	doc := contractAt(t, root)
	paths := doc["paths"].(document.Object)
	at := func(from any, keys ...string) document.Object {
		for _, key := range keys {
			from = from.(document.Object)[key]
		}
		return from.(document.Object)
	}
	var added document.Object
	if err := json.Unmarshal([]byte(addedIn52), &added); err != nil {
		t.Fatal(err)
	}
	maps.Copy(paths, added)

	paths["/alerts/descriptions"] = paths["/alerts/description"] // renamed
	delete(paths, "/alerts/description")
	at(paths, "/alerts/descriptions", "get")["operationId"] = "getAlertDescriptions"
	delete(paths, "/alerts/types") // removed

	grow(doc, "CONVERGED", "DISAGGREGATED")
	alert := at(doc, "components", "schemas", "alert", "properties")
	alert["muted"] = document.Object{"type": "string"} // retyped
	body := at(paths, "/nfs/ldapExport", "post", "requestBody", "content", "application/json", "schema")
	body["required"] = []any{"ldap_server"} // newly required

	at(doc, "components", "securitySchemes")["basicAuth"] = document.Object{"type": "http", "scheme": "basic"} // fixed
	doc["info"].(document.Object)["version"] = "5.2"
	return doc
}

// grow adds a value to each enumeration that has another.
func grow(value any, has, gets string) {
	switch v := value.(type) {
	case document.Object:
		if values, ok := v["enum"].([]any); ok && slices.Contains(values, any(has)) {
			v["enum"] = append(values, gets)
		}
		for _, member := range v {
			grow(member, has, gets)
		}
	case []any:
		for _, item := range v {
			grow(item, has, gets)
		}
	}
}
