package simulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// things is a small API with one of every case that the engine distinguishes.
const things = `{
 "openapi": "3.0.0", "info": {"title": "things", "version": "1"}, "servers": [{"url": "/api"}],
 "paths": {
  "/things": {
   "get": {"operationId": "listThings",
    "parameters": [
     {"name": "limit", "in": "query", "schema": {"type": "integer", "format": "int64"}},
     {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
     {"name": "where", "in": "query", "style": "deepObject", "explode": true,
      "schema": {"type": "object", "additionalProperties": {"type": "string"}}}],
    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "object", "required": ["data"], "properties": {
      "data": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
      "next": {"x-go-type": "string"}}}}}}}},
   "post": {"operationId": "createThing",
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}}},
    "responses": {
     "200": {"description": "OK", "content": {"application/json": {"schema": {
      "type": "object", "required": ["data"], "properties": {"data": {"$ref": "#/components/schemas/Thing"}}}}}},
     "400": {"description": "Bad", "content": {"application/json": {"schema": {
      "type": "object", "properties": {"message": {"type": "string"}}}}}}}}},
  "/things/{uid}": {
   "parameters": [{"name": "uid", "in": "path", "required": true, "schema": {"type": "string"}}],
   "get": {"operationId": "getThing",
    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
   "delete": {"operationId": "deleteThing", "x-auth": "basic", "responses": {"200": {"description": "OK"}}}},
  "/inodes/{inode}": {
   "get": {"operationId": "getInode",
    "parameters": [{"name": "inode", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[0-9]+$"}}],
    "responses": {"204": {"description": "No Content"}}}}
 },
 "components": {"schemas": {
  "Kind": {"type": "string", "enum": ["SOLID", "LIQUID"]},
  "NewThing": {"type": "object", "required": ["name", "size"], "properties": {
   "name": {"type": "string", "minLength": 2},
   "size": {"type": "integer", "format": "int64"},
   "inode": {"type": "integer", "format": "uint64"},
   "solid": {"type": "boolean"},
   "kind": {"$ref": "#/components/schemas/Kind"},
   "limits": {"type": "object", "required": ["hard"], "properties": {
    "hard": {"type": "integer", "format": "int64"}, "soft": {"type": "integer", "format": "int64"}}},
   "labels": {"type": "object", "additionalProperties": {"type": "string"}},
   "free": {"type": "object"}}},
  "Thing": {"type": "object", "required": ["uid"], "properties": {
   "uid": {"type": "string", "format": "uuid"},
   "name": {"type": "string"},
   "kind": {"$ref": "#/components/schemas/Kind"},
   "size": {"type": "integer", "format": "int64"},
   "inode": {"type": "integer", "format": "uint64"},
   "percent": {"type": "integer", "format": "int64", "maximum": 100},
   "ratio": {"type": "number", "format": "double"},
   "created": {"type": "string", "format": "date-time"},
   "code": {"type": "string", "pattern": "^[0-9]+$"},
   "secret": {"type": "string", "writeOnly": true},
   "labels": {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}},
   "children": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
   "parent": {"$ref": "#/components/schemas/Thing"},
   "both": {"allOf": [{"type": "object", "properties": {"left": {"type": "boolean"}}},
                      {"type": "object", "properties": {"right": {"type": "boolean"}}}]}}}
 }}
}`

// testPolicy accepts every caller and reports every violation.
type testPolicy struct{}

func (testPolicy) Authorize(r *simulator.Request) *simulator.Response {
	if r.HTTP.Header.Get("X-Reject") != "" {
		return &simulator.Response{Status: http.StatusUnauthorized, Body: "rejected"}
	}
	r.Identity = "a caller"
	return nil
}

func (testPolicy) NoRoute(*http.Request) simulator.Response {
	return simulator.Response{Status: http.StatusNotFound, Body: "no route"}
}

func (testPolicy) Invalid(_ *simulator.Request, found []simulator.Violation) simulator.Response {
	texts := make([]string, len(found))
	for i, violation := range found {
		texts[i] = violation.String()
	}
	return simulator.Response{Status: http.StatusBadRequest, Body: map[string]any{"message": strings.Join(texts, "; ")}}
}

func (testPolicy) Empty(_ *simulator.Request, status int) simulator.Response {
	return simulator.Response{Status: status}
}

func (testPolicy) NotFound(_ *simulator.Request, _, id string) simulator.Response {
	return simulator.Response{Status: http.StatusNotFound, Body: map[string]any{"message": id + " is unknown"}}
}

func (testPolicy) Duplicate(*simulator.Request) simulator.Response {
	return simulator.Response{Status: http.StatusBadRequest, Body: map[string]any{"message": "the name is taken"}}
}

// start serves the document of things in memory.
func start(t *testing.T, config simulator.Config) (*simulator.Engine, *simulator.Server) {
	t.Helper()
	document, err := simulator.Load([]byte(things))
	if err != nil {
		t.Fatal(err)
	}
	config.Document, config.Policy = document, testPolicy{}
	engine, err := simulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server, err := simulator.Serve(engine, "things", simulator.Settings{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return engine, server
}

// send makes a request and returns the status and the body.
func send(t *testing.T, server *simulator.Server, method, path, media, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", media)
	}
	response, err := server.Transport().RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func decode(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}
