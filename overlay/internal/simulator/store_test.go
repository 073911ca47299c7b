package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// shelves is an API in which objects have a number, lists are pages, and one
// collection hangs from the objects of another.
const shelves = `{
 "openapi": "3.0.0", "info": {"title": "shelves", "version": "1"}, "servers": [{"url": "/api"}],
 "paths": {
  "/shelves/": {
   "get": {"operationId": "listShelves", "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "object", "properties": {
      "count": {"type": "integer", "format": "int64"},
      "results": {"type": "array", "items": {"$ref": "#/components/schemas/Shelf"}}}}}}}}},
   "post": {"operationId": "createShelf",
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["name"], "properties": {
     "name": {"type": "string"}, "height": {"type": "integer", "format": "int64"}, "colour": {"type": "integer", "format": "int64"}}}}}},
    "responses": {"201": {"description": "Made", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}}}}}},
  "/shelves/{id}/": {
   "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}}],
   "get": {"operationId": "getShelf", "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}}}}},
   "patch": {"operationId": "updateShelf",
    "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}, "height": {"type": "integer", "format": "int64"}}}}}},
    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shelf"}}}}}},
   "delete": {"operationId": "deleteShelf", "responses": {"204": {"description": "Gone"}}}},
  "/shelves/{id}/books/": {
   "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}}],
   "get": {"operationId": "listBooks", "x-result": "data", "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}}}}}}}},
   "post": {"operationId": "createBook", "x-result": "data",
    "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"title": {"type": "string"}}}}}},
    "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "object", "required": ["data"], "properties": {"data": {"$ref": "#/components/schemas/Book"}}}}}}}}},
  "/shelves/{id}/books/{isbn}/": {
   "parameters": [
    {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}},
    {"name": "isbn", "in": "path", "required": true, "schema": {"type": "string"}}],
   "delete": {"operationId": "deleteBook", "responses": {"200": {"description": "OK"}}}},
  "/light/": {
   "get": {"operationId": "getLight", "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "object", "properties": {"level": {"type": "integer", "format": "int64"}, "lamp": {"type": "string"}}}}}}}},
   "put": {"operationId": "setLight",
    "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"level": {"type": "integer", "format": "int64"}}}}}},
    "responses": {"200": {"description": "OK"}}},
   "delete": {"operationId": "resetLight", "responses": {"200": {"description": "OK"}}}},
  "/lamps/": {"get": {"operationId": "listLamps", "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {
     "type": "array", "items": {"$ref": "#/components/schemas/Shelf"}}}}}}}}
 },
 "components": {"schemas": {
  "Shelf": {"type": "object", "required": ["id"], "properties": {
   "id": {"type": "integer", "format": "int64"}, "name": {"type": "string"}, "height": {"type": "integer", "format": "int64", "minimum": 3},
   "colour": {"type": "string"}, "full": {"type": "boolean"}}},
  "Book": {"type": "object", "properties": {"isbn": {"type": "string"}, "title": {"type": "string"}}}}}
}`

// library starts a server for the shelves.
func library(t *testing.T, behaviors map[string]simulator.Behavior) (*simulator.Store, *simulator.Server) {
	t.Helper()
	document, err := simulator.Load([]byte(shelves))
	if err != nil {
		t.Fatal(err)
	}
	store, err := simulator.NewStore(document, testPolicy{}, behaviors)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := simulator.New(simulator.Config{Document: document, Policy: testPolicy{}, Handlers: store.Handlers()})
	if err != nil {
		t.Fatal(err)
	}
	server, err := simulator.Serve(engine, "shelves", simulator.Settings{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := engine.Err(); err != nil {
			t.Error(err)
		}
	})
	return store, server
}

// want sends a request and compares the response.
func want(t *testing.T, server *simulator.Server, method, path, body string, status int, response string) {
	t.Helper()
	got, text := send(t, server, method, "/api"+path, "application/json", body)
	if got != status || text != response {
		t.Errorf("%s %s: got %d %s, want %d %s", method, path, got, text, status, response)
	}
}

// Objects are created, listed, changed and deleted, in the shape of each response.
func TestStore(t *testing.T) {
	_, server := library(t, nil)
	want(t, server, "GET", "/shelves/", "", 200, `{"count":0,"results":[]}`)
	// A colour of a wrong type is dropped, and absent members are blank.
	want(t, server, "POST", "/shelves/", `{"name":"a","colour":7}`, 201, `{"colour":"","full":false,"height":3,"id":1,"name":"a"}`)
	want(t, server, "POST", "/shelves/", `{"name":"a"}`, 400, `{"message":"the name is taken"}`)
	want(t, server, "POST", "/shelves/", `{"name":"b","height":5}`, 201, `{"colour":"","full":false,"height":5,"id":3,"name":"b"}`)
	want(t, server, "PATCH", "/shelves/3/", `{"name":"a"}`, 400, `{"message":"the name is taken"}`)
	want(t, server, "PATCH", "/shelves/3/", `{"height":9}`, 200, `{"colour":"","full":false,"height":9,"id":3,"name":"b"}`)
	want(t, server, "GET", "/shelves/2/", "", 404, `{"message":"2 is unknown"}`)
	want(t, server, "DELETE", "/shelves/1/", "", 204, "")
	want(t, server, "DELETE", "/shelves/1/", "", 404, `{"message":"1 is unknown"}`)
	want(t, server, "GET", "/shelves/", "", 200, `{"count":0,"results":[{"colour":"","full":false,"height":9,"id":3,"name":"b"}]}`)
}

// A nested collection has the objects of its own parent, which must exist.
func TestNestedCollection(t *testing.T) {
	_, server := library(t, nil)
	for _, name := range []string{"a", "b"} {
		send(t, server, "POST", "/api/shelves/", "application/json", `{"name":"`+name+`"}`)
	}
	want(t, server, "POST", "/shelves/1/books/", `{"title":"x"}`, 200, `{"data":{"isbn":"00000003-0000-4000-8000-000000000003","title":"x"}}`)
	want(t, server, "GET", "/shelves/2/books/", "", 200, `{"data":[]}`)
	want(t, server, "GET", "/shelves/9/books/", "", 404, `{"message":"9 is unknown"}`)
	want(t, server, "DELETE", "/shelves/2/books/00000003-0000-4000-8000-000000000003/", "", 404, `{"message":"00000003-0000-4000-8000-000000000003 is unknown"}`)
	want(t, server, "DELETE", "/shelves/1/books/00000003-0000-4000-8000-000000000003/", "", 200, "")
}

// A Behavior rejects, completes, hides and shows objects.
func TestBehavior(t *testing.T) {
	store, server := library(t, map[string]simulator.Behavior{"/shelves/": {
		Names: map[string]string{"height": ""},
		Complete: func(o *simulator.Object, _ *simulator.Request, now time.Time) {
			o.Members["colour"] = now.Format("2006")
		},
		Show: func(o *simulator.Object, _ time.Time) map[string]any {
			return map[string]any{"id": o.Members["id"], "colour": "seen " + o.Text("colour")}
		},
		Visible: func(_ *simulator.Request, o *simulator.Object) bool { return o.Text("name") != "hidden" },
		Create: func(r *simulator.Request) *simulator.Response {
			if r.Member("name") == "bad" {
				return &simulator.Response{Status: http.StatusBadRequest, Body: "bad"}
			}
			return nil
		},
		Delete: func(*simulator.Request, *simulator.Object) *simulator.Response {
			return &simulator.Response{Status: http.StatusBadRequest, Body: "kept"}
		},
	}, "/lamps/": {}})
	want(t, server, "POST", "/shelves/", `{"name":"bad"}`, 400, `"bad"`)
	year := time.Now().Format("2006")
	want(t, server, "POST", "/shelves/", `{"name":"a","height":8}`, 201, `{"colour":"seen `+year+`","id":2}`)
	want(t, server, "DELETE", "/shelves/2/", "", 400, `"kept"`)
	store.Add(store.Collection("/shelves/"), map[string]any{"name": "hidden"}, time.Now())
	want(t, server, "GET", "/shelves/3/", "", 404, `{"message":"3 is unknown"}`)
	if got := store.Collection("/shelves/").Find("name", "a").Members["height"]; got == 8 {
		t.Error("a dropped member was stored")
	}
	want(t, server, "GET", "/lamps/", "", 200, `[]`)
}

// A singleton is a sample until it is changed, and again after a reset.
func TestSingleton(t *testing.T) {
	_, server := library(t, nil)
	want(t, server, "GET", "/light/", "", 200, `{"lamp":"lamp","level":9007199254740993}`)
	want(t, server, "PUT", "/light/", `{"level":3}`, 200, "")
	want(t, server, "GET", "/light/", "", 200, `{"lamp":"lamp","level":3}`)
	want(t, server, "DELETE", "/light/", "", 200, "")
	want(t, server, "GET", "/light/", "", 200, `{"lamp":"lamp","level":9007199254740993}`)
}

func TestNewStoreRefuses(t *testing.T) {
	document, err := simulator.Load([]byte(shelves))
	if err != nil {
		t.Fatal(err)
	}
	_, err = simulator.NewStore(document, testPolicy{}, map[string]simulator.Behavior{"/nowhere/": {}})
	if err == nil || !strings.Contains(err.Error(), "/nowhere/") {
		t.Errorf("got %v, want an error that names the path", err)
	}
}
