package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/contract"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/ngenea"
)

type dict = document.Object

const reference = "#/components/schemas/"

// siteModel is what a Hub of a later release might have, as OpenAPI 3.0 without the
// style of a generator: our contract with other parameter and schema names, without
// some of what we only inferred, and with more endpoints, members and values.
func siteModel(t *testing.T) dict {
	t.Helper()
	if ours, err := specs.Load("ngenea", os.DirFS("../ngenea")); err != nil {
		t.Fatal(err)
	} else if ours.Rules.Merged {
		t.Skip("the documents are made of our own contract, and a site's was pulled over it")
	}
	model, err := document.Decode([]byte(ngenea.Contract()))
	if err != nil {
		t.Fatal(err)
	}
	model, _, err = contract.Strip(model)
	if err != nil {
		t.Fatal(err)
	}
	delete(model["paths"].(dict), "/datastores/")
	delete(at(model, "paths", "/auth/clientkeys/{id}/"), "get")
	delete(at(model, "paths", "/configurations/"), "patch")
	renamed := dict{}
	for path, item := range model["paths"].(dict) {
		for _, operation := range item.(dict) {
			bodyComponent(model, path, operation.(dict))
			for _, parameter := range list(operation.(dict)["parameters"]) {
				if parameter := parameter.(dict); parameter["name"] == "id" {
					parameter["name"] = "object_pk"
				}
			}
		}
		renamed[strings.ReplaceAll(path, "{id}", "{object_pk}")] = item
	}
	model["paths"] = renamed
	all := at(model, "components", "schemas")
	for _, name := range all.Keys() {
		readOnly(at(all, name))
	}
	merge(at(all, "Job", "properties"), `{"progress":{"type":"integer"},"completed":{"type":"string","format":"date-time","nullable":true},
		"task_counts":{"type":"object","properties":{"done":{"type":"integer"},"failed":{"type":"integer"}}},
		"priority":{"type":"string","enum":["low","high"]},"access_password":{"type":"string"}}`)
	merge(all, `{"Pause":{"type":"object","properties":{"reason":{"type":"string"}}},"Schedule":{"type":"object","required":["name","workflow"],"properties":{"id":{"type":"integer","readOnly":true},
		"name":{"type":"string","maxLength":100},"workflow":{"$ref":"#/components/schemas/Workflow"},"enabled":{"type":"boolean"},
		"last_job":{"$ref":"#/components/schemas/Job"},"period":{"type":"string","enum":["daily","weekly",null],"nullable":true},
		"owner":{"$ref":"#/components/schemas/User"}}},
		"Space":{"type":"object","properties":{"name":{"type":"string"},"parent":{"$ref":"#/components/schemas/Space"},"size_limit":{"type":"number"}}},
		"User":{"type":"object","required":["username"],"properties":{"id":{"type":"integer","readOnly":true},"username":{"type":"string"},
		"password":{"type":"string","writeOnly":true},"email":{"type":"string","format":"email"},"uuid":{"type":"string","format":"uuid"}}}}`)
	for _, name := range []string{"Schedule", "Space", "User"} {
		all[name+"Page"] = parse(`{"type":"object","required":["count","results"],"properties":{"count":{"type":"integer"},
			"next":{"type":"string","format":"uri","nullable":true},"previous":{"type":"string","format":"uri","nullable":true},
			"results":{"type":"array","items":{"$ref":"` + reference + name + `"}}}}`)
		path := "/" + strings.ToLower(name) + "s/"
		item := `{"parameters":[{"in":"path","name":"object_pk","required":true,"schema":{"type":"integer"}}],`
		body := `"requestBody":{"content":{"application/json":{"schema":{"$ref":"` + reference + name + `"}}},"required":true},`
		answer := func(status, name string) string {
			return `"responses":{"` + status + `":{"description":"","content":{"application/json":{"schema":{"$ref":"` + reference + name + `"}}}}}}`
		}
		renamed[path] = parse(`{"get":{"parameters":[{"in":"query","name":"search","schema":{"type":"string"}},{"in":"query","name":"page","schema":{"type":"integer"}}],` +
			answer("200", name+"Page") + `,"post":{` + body + answer("201", name) + `}`)
		renamed[path+"{object_pk}/"] = parse(`{"get":` + item + answer("200", name) + `,"put":` + item + body + answer("200", name) +
			`,"patch":` + item + body + answer("200", name) + `,"delete":` + item + `"responses":{"204":{"description":""}}}}`)
	}
	renamed["/jobs/{object_pk}/pause/"] = parse(`{"post":{"parameters":[{"in":"path","name":"object_pk","required":true,"schema":{"type":"string"}}],
		"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pause"}}},"required":true},
		"responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job"}}}}}}}`)
	oddities(all, renamed)
	jobs := at(renamed, "/jobs/", "get")
	jobs["parameters"] = append(list(jobs["parameters"]), parse(`{"in":"query","name":"state","schema":{"type":"array","items":{"type":"string"}}}`))
	rename(model, map[string]string{"Job": "DynamoJob", "File": "BrowseResult", "WorkflowBody": "WorkflowWrite"})
	return model
}

// oddities are what real documents have and ours has not: names that are taken, words
// of Go, lists and maps in each other, values that differ in a sign.
func oddities(all, paths dict) {
	merge(all, `{"Operation":{"type":"object","properties":{"type":{"type":"string"},"func":{"type":"integer"},"2nd":{"type":"boolean"},"_x":{"type":"string"},
		"links":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"array","items":{"type":"number"}}}},
		"tree":{"type":"array","items":{"type":"array","items":{"$ref":"#/components/schemas/Operation"}}},"any":{},"data":{"type":"object"},
		"day":{"type":"string","format":"date"},"file":{"type":"string","format":"binary"},"order":{"type":"string","enum":["name","-name"]},
		"code":{"type":"integer","enum":[1,2]},"inner":{"type":"object","properties":{"level":{"type":"string","enum":["a","b"]}}}}},
		"Job2":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/Operation"}}},
		"ListJobsParams":{"type":"object","properties":{"size":{"type":"integer"}}}}`)
	merge(paths, `{"/reports/{type}/":{"get":{"parameters":[{"in":"path","name":"type","required":true,"schema":{"type":"string"}},
		{"in":"query","name":"order-by","schema":{"type":"string","enum":["created","-created"]}},{"in":"header","name":"X-Trace","schema":{"type":"string"}},
		{"in":"query","name":"depth","required":true,"schema":{"type":"integer"}}],
		"responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"}}}}}}}}},
		"post":{"parameters":[{"in":"path","name":"type","required":true,"schema":{"type":"string"}}],
		"requestBody":{"content":{"application/json":{"schema":{"type":"array","items":{"type":"integer"}}}}},
		"responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"string","format":"date-time"}}}}}}},
		"/reports/":{"get":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Operation"}}}}}},
		"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/ListJobsParams"}}}},
		"responses":{"201":{"description":"","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job2"}}}}}}},
		"/jobs/stale/":{"delete":{"responses":{"200":{"description":"","content":{"application/json":{"schema":{"type":"object","additionalProperties":{"type":"string"}}}}}}}}}`)
}

func at(o dict, keys ...string) dict {
	for _, key := range keys {
		o = o[key].(dict)
	}
	return o
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func parse(text string) dict {
	out, err := document.Decode([]byte(text))
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return out
}

func merge(into dict, text string) { maps.Copy(into, parse(text)) }

// bodyComponent moves an inline body to the components, where serializers stand.
func bodyComponent(model dict, path string, operation dict) {
	body, ok := operation["requestBody"].(dict)
	if !ok {
		return
	}
	content := at(body, "content", "application/json")
	schema := content["schema"].(dict)
	if schema["$ref"] != nil {
		return
	}
	name := "Write" + document.GoName(path)
	at(model, "components", "schemas")[name] = schema
	content["schema"] = dict{"$ref": reference + name}
}

func readOnly(schema dict) {
	for _, name := range []string{"id", "url"} {
		if property, ok := schema["properties"].(dict)[name].(dict); ok {
			property["readOnly"] = true
		}
	}
}

// everywhere visits each object of a document, children first.
func everywhere(value any, visit func(dict)) {
	switch v := value.(type) {
	case dict:
		for _, member := range v {
			everywhere(member, visit)
		}
		visit(v)
	case []any:
		for _, item := range v {
			everywhere(item, visit)
		}
	}
}

func rename(model dict, names map[string]string) {
	all := at(model, "components", "schemas")
	for from, to := range names {
		all[to] = all[from]
		delete(all, from)
	}
	everywhere(model, func(o dict) {
		if name, ok := o["$ref"].(string); ok {
			if to := names[strings.TrimPrefix(name, reference)]; to != "" {
				o["$ref"] = reference + to
			}
		}
	})
}

// verbs are the last parts of the ids that both generators give.
func verbOf(method, path string, words map[string]string) string {
	if method == "get" && !strings.HasSuffix(path, "}/") {
		return words["list"]
	}
	return words[method]
}

func idOf(prefix, path, verb string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if !strings.HasPrefix(part, "{") {
			parts = append(parts, part)
		}
	}
	return prefix + strings.Join(append(parts, verb), "_")
}

// spectacular writes the model as drf-spectacular does: the prefix in each path, pages
// and partial bodies as components, enumerations joined with a blank and a null one,
// three media types for a body.
func spectacular(t *testing.T) []byte {
	t.Helper()
	model := siteModel(t)
	all := at(model, "components", "schemas")
	for _, name := range all.Keys() {
		if item, ok := strings.CutSuffix(name, "Page"); ok {
			rename(model, map[string]string{name: "Paginated" + item + "List"})
		}
	}
	joined := 0
	everywhere(all, func(o dict) {
		if values := list(o["enum"]); o["type"] == "string" && len(values) > 0 {
			joined++
			name := "Choice" + string(rune('A'+joined)) + "Enum"
			all[name] = dict{"type": "string", "enum": slices.DeleteFunc(values, func(v any) bool { return v == nil }), "description": "* `low` - Low"}
			nullable := o["nullable"]
			clear(o)
			o["allOf"] = []any{dict{"$ref": reference + name}}
			if nullable == true {
				clear(o)
				o["nullable"], o["oneOf"] = true, []any{dict{"$ref": reference + name}, dict{"$ref": reference + "BlankEnum"}, dict{"$ref": reference + "NullEnum"}}
			}
		}
		if property, ok := o["last_job"].(dict); ok {
			o["last_job"] = dict{"allOf": []any{property}, "readOnly": true, "nullable": true}
		}
	})
	merge(all, `{"BlankEnum":{"enum":[""]},"NullEnum":{"enum":[null]}}`)
	paths := dict{}
	for path, item := range model["paths"].(dict) {
		for method, value := range item.(dict) {
			operation := value.(dict)
			operation["operationId"] = idOf("api_", path, verbOf(method, path, map[string]string{
				"list": "list", "get": "retrieve", "post": "create", "put": "update", "patch": "partial_update", "delete": "destroy"}))
			operation["tags"], operation["security"] = []any{"api"}, []any{dict{"jwtAuth": []any{}}, dict{"cookieAuth": []any{}}}
			operation["description"] = "prose of the vendor"
			if body, ok := operation["requestBody"].(dict); ok {
				content := at(body, "content")
				if method == "patch" {
					patched(all, at(content, "application/json", "schema"))
				}
				for _, media := range []string{"application/x-www-form-urlencoded", "multipart/form-data"} {
					content[media] = content["application/json"]
				}
			}
		}
		paths["/api"+path] = item
	}
	merge(paths, `{"/api/schema/":{"get":{"operationId":"api_schema_retrieve","tags":["api"],"responses":{"200":{"description":"",
		"content":{"application/vnd.oai.openapi":{"schema":{"type":"object","additionalProperties":{}}}}}}}}}`)
	model["paths"], model["openapi"], model["info"] = paths, "3.0.3", dict{"title": "Hub API", "version": "0.0.0"}
	delete(model, "servers")
	delete(model, "tags")
	delete(model, "security")
	at(model, "components")["securitySchemes"] = parse(`{"jwtAuth":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},
		"cookieAuth":{"type":"apiKey","in":"cookie","name":"sessionid"}}`)
	return encode(t, model)
}

// patched gives a partial body a component without required members.
func patched(all, schema dict) {
	name := strings.TrimPrefix(schema["$ref"].(string), reference)
	whole := maps.Clone(all[name].(dict))
	delete(whole, "required")
	all["Patched"+name] = whole
	schema["$ref"] = reference + "Patched" + name
}

// yasg writes the model as drf-yasg does: Swagger 2.0 with the prefix in basePath, the
// body as a parameter, pages in their place, x-nullable and titles.
func yasg(t *testing.T) []byte {
	t.Helper()
	model := siteModel(t)
	all := at(model, "components", "schemas")
	paths := dict{}
	for path, item := range model["paths"].(dict) {
		for method, value := range item.(dict) {
			yasgOperation(all, path, method, value.(dict))
		}
		paths[path] = item
	}
	for name := range all {
		if strings.HasSuffix(name, "Page") {
			delete(all, name)
		}
	}
	everywhere(all, func(o dict) {
		if o["type"] == "string" || o["type"] == "integer" {
			o["title"] = "A title"
		}
	})
	doc := dict{
		"swagger": "2.0", "info": dict{"title": "Hub API", "version": "v1"}, "host": "hub.example.com", "schemes": []any{"https"},
		"basePath": "/api", "consumes": []any{"application/json"}, "produces": []any{"application/json"},
		"securityDefinitions": dict{"Bearer": dict{"type": "apiKey", "name": "Authorization", "in": "header"}},
		"security":            []any{dict{"Bearer": []any{}}}, "paths": paths, "definitions": all,
	}
	everywhere(doc, func(o dict) {
		if name, ok := o["$ref"].(string); ok {
			clear(o)
			o["$ref"] = strings.Replace(name, reference, "#/definitions/", 1)
		}
		if o["nullable"] == true {
			delete(o, "nullable")
			o["x-nullable"] = true
		}
		if values := list(o["enum"]); values != nil {
			o["enum"] = slices.DeleteFunc(values, func(v any) bool { return v == nil })
		}
	})
	return encode(t, doc)
}

func yasgOperation(all dict, path, method string, operation dict) {
	operation["operationId"] = idOf("", path, verbOf(method, path, map[string]string{
		"list": "list", "get": "read", "post": "create", "put": "update", "patch": "partial_update", "delete": "delete"}))
	operation["tags"] = []any{strings.Split(path, "/")[1]}
	delete(operation, "security")
	var parameters []any
	for _, value := range list(operation["parameters"]) {
		parameter := value.(dict)
		maps.Copy(parameter, parameter["schema"].(dict))
		delete(parameter, "schema")
		parameters = append(parameters, parameter)
	}
	if body, ok := operation["requestBody"].(dict); ok {
		schema := at(body, "content", "application/json")["schema"]
		parameters = append(parameters, dict{"name": "data", "in": "body", "required": true, "schema": schema})
		delete(operation, "requestBody")
	}
	operation["parameters"] = parameters
	for _, value := range operation["responses"].(dict) {
		response := value.(dict)
		content, ok := response["content"].(dict)
		if !ok {
			continue
		}
		schema := at(content, "application/json", "schema")
		if name, _ := schema["$ref"].(string); strings.HasSuffix(name, "Page") {
			schema = parse(string(mustEncode(all[strings.TrimPrefix(name, reference)])))
		}
		response["schema"] = schema
		delete(response, "content")
	}
}

func mustEncode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}

func encode(t *testing.T, doc dict) []byte {
	t.Helper()
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}
