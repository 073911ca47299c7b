package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pets is the document of a third product.
const pets = `{"openapi":"3.0.3","info":{"title":"Pets","version":"2.1"},"servers":[{"url":"https://pets.example/api/v3/"}],
 "paths":{
  "/pets":{
   "get":{"operationId":"getPets","tags":["Pet"],"parameters":[{"in":"query","name":"kind","schema":{"type":"string","enum":["CAT","DOG"]}}],
    "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"array","items":{"$ref":"#/components/schemas/pet"}}}}}}},
   "post":{"operationId":"createPet","tags":["Pet"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/pet"}}}},
    "responses":{"201":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/pet"}}}}}}},
  "/pets/{id}":{"delete":{"operationId":"deletePet","tags":["Pet"],"parameters":[{"in":"path","name":"id","required":true,"schema":{"type":"string"}}],
    "responses":{"204":{"description":"Gone"}}}}},
 "components":{"schemas":{"pet":{"type":"object","required":["name"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"weight":{"type":"number"}}}}}}`

// petsTest calls the front door of the third product against a simulator, in the package of
// the front door.
const petsTest = `package pets_test

import (
	"net/http"
	"testing"

	"github.com/hotcold-go/hotcold/gen/petsapi"
	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
	"github.com/hotcold-go/hotcold/overlay/pets"
	specs "github.com/hotcold-go/hotcold/specs/pets"
)

type policy struct{}

func (policy) Authorize(r *simulator.Request) *simulator.Response {
	if r.HTTP.Header.Get("Authorization") != "Bearer t0ken" {
		return &simulator.Response{Status: http.StatusUnauthorized}
	}
	return nil
}
func (policy) NoRoute(*http.Request) simulator.Response { return simulator.Response{Status: http.StatusNotFound} }
func (policy) Invalid(*simulator.Request, []simulator.Violation) simulator.Response {
	return simulator.Response{Status: http.StatusBadRequest}
}
func (policy) Empty(_ *simulator.Request, status int) simulator.Response { return simulator.Response{Status: status} }
func (policy) NotFound(*simulator.Request, string, string) simulator.Response {
	return simulator.Response{Status: http.StatusNotFound}
}
func (policy) Duplicate(*simulator.Request) simulator.Response { return simulator.Response{Status: http.StatusConflict} }

func TestPets(t *testing.T) {
	document, err := simulator.Load([]byte(specs.Effective()))
	if err != nil {
		t.Fatal(err)
	}
	store, err := simulator.NewStore(document, policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := simulator.New(simulator.Config{Document: document, Policy: policy{}, Handlers: store.Handlers()})
	if err != nil {
		t.Fatal(err)
	}
	server, err := simulator.Serve(engine, "pets", simulator.Settings{Endpoints: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c, err := pets.New(server.URL, pets.WithCAFile(server.CAFile()), pets.WithAccessToken("t0ken"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.Pets.Create(t.Context(), petsapi.PetInput{Name: "Tom"})
	if err != nil || made.Name != "Tom" {
		t.Fatal(made, err)
	}
	all, err := c.Pets.List(t.Context(), nil)
	if err != nil || len(all) != 1 || all[0].Name != "Tom" {
		t.Fatal(all, err)
	}
	if err := c.Pets.Delete(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
}
`

// TestNewProduct adds a third product to a copy, compiles it, and calls it against a simulator
// of the same engine.
func TestNewProduct(t *testing.T) {
	s := newStage(t)
	from := write0(t, t.TempDir(), "pets.json", pets)
	code, out, message := refresh(t, "new", "pets", "-root", s.root, "-from", from, "-title", "Pet Shop")
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, message)
	}
	write0(t, filepath.Join(s.root, "overlay/pets"), "client_test.go", petsTest)
	there := project{root: s.root, out: os.Stderr}
	for _, command := range [][]string{{"go", "test", "./overlay/pets"}, {"go", "run", "./specs/refresh", "check", "pets"}} {
		if err := there.tool(t.Context(), command...); err != nil {
			t.Fatal(err)
		}
	}
	s.expect(s.read(filepath.Join(s.root, "generate.go")), "go:generate go run ./specs/refresh inventory pets\n", "-o gen/petsapi/client.gen.go specs/pets/effective.json\n")
	s.expect(s.read(filepath.Join(s.root, "overlay/pets/client.go")), `BasePath: "/api/v3"`)
	if code, _, message := refresh(t, "new", "pets", "-root", s.root, "-from", from); code != 1 || !strings.Contains(message, "specs/pets is there already") {
		t.Errorf("exit %d, %s", code, message)
	}
	broken := write0(t, t.TempDir(), "toys.json", strings.Replace(pets, `"createPet"`, `"getPets"`, 1))
	code, out, message = refresh(t, "new", "toys", "-root", s.root, "-from", broken)
	if code != 1 || !strings.Contains(message, "have one operationId, getPets") || !strings.Contains(out, "operationId: createPets") {
		t.Errorf("exit %d: %s%s", code, out, message)
	}
}
