package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

var updateExamples = flag.Bool("update-examples", false, "write examples.tsv")

// published is where the vendor's documents are kept, outside the repository.
const published = "../../../shared/published/"

// The outcomes of examples.tsv. A reason follows a defect of the document.
const (
	noExample = "none"
	accepted  = "accepted"
	decoded   = "decoded"
	defective = "defect: "
)

// TestExamples sends the example request of every operation of the published documents to
// the simulator of that release, by a plain client, and serves the example response to the
// generated method. examples.tsv has the expected outcomes.
func TestExamples(t *testing.T) {
	var rows []string
	for _, release := range []string{"4.2", "5.1"} {
		text, err := os.ReadFile(published + "weka-" + release + ".json")
		if err != nil {
			t.Skipf("the published documents are not at hand: %v", err)
		}
		rows = append(rows, examplesOf(t, release, text)...)
	}
	got := "release\troute\trequest\tresponse\n" + strings.Join(rows, "\n") + "\n"
	if *updateExamples {
		if err := os.WriteFile("testdata/examples.tsv", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/examples.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range strings.Split(got, "\n") {
		if !slices.Contains(strings.Split(string(want), "\n"), row) {
			t.Errorf("not in examples.tsv: %s", row)
		}
	}
	if strings.Count(got, "\n") != strings.Count(string(want), "\n") {
		t.Errorf("examples.tsv has %d lines, want %d", strings.Count(string(want), "\n"), strings.Count(got, "\n"))
	}
}

// An exampleRun proves the examples of one document.
type exampleRun struct {
	t       *testing.T
	base    string
	token   string
	http    *http.Client
	seen    *wekatest.Request // the last that the simulator received
	proof   *proof
	methods map[string]*operation // by method and path without the names of parameters
}

func examplesOf(t *testing.T, release string, text []byte) []string {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := open(contracts[0])
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	run := &exampleRun{t: t, proof: p, methods: map[string]*operation{}}
	srv := wekatest.New(t, wekatest.Plain(), wekatest.Release(release), wekatest.AnyPath(), wekatest.WithObserver(func(r wekatest.Request) { run.seen = &r }))
	run.base, run.http = srv.URL+"/api/v2", &http.Client{Transport: srv.Transport()}
	defer run.http.CloseIdleConnections()
	run.login()
	for _, op := range p.document.operations {
		run.methods[op.method+" "+withoutNames(op.path)] = op
	}
	var rows []string
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		for _, method := range slices.Sorted(maps.Keys(item.Operations())) {
			o := item.Operations()[method]
			request, response := run.request(method, path, item, o), run.response(method, path, o)
			rows = append(rows, strings.Join([]string{release, method + " " + path, request, response}, "\t"))
		}
	}
	return rows
}

func (run *exampleRun) login() {
	status, body := run.send("POST", "/login", map[string]any{"username": "admin", "password": "admin"})
	var answer struct {
		Data struct {
			Token string `json:"access_token"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Data.Token == "" {
		run.t.Fatal(status, string(body))
	}
	run.token = answer.Data.Token
}

// withoutNames returns a path without the names of its parameters.
func withoutNames(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
}

func (run *exampleRun) send(method, path string, body any) (int, []byte) {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			run.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(run.t.Context(), method, run.base+path, &content)
	if err != nil {
		run.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+run.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := run.http.Do(r)
	if err != nil {
		run.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var text bytes.Buffer
	_, _ = text.ReadFrom(response.Body)
	return response.StatusCode, text.Bytes()
}

// request sends the example of a request. What the operation names need not exist: that the
// simulator finds nothing wrong with parameters and body is enough.
func (run *exampleRun) request(method, path string, item *openapi3.PathItem, o *openapi3.Operation) string {
	query := url.Values{}
	for _, ref := range slices.Concat(item.Parameters, o.Parameters) {
		example := exampleOfParameter(ref.Value)
		switch {
		case ref.Value.In == "path" && example == nil:
			path = strings.ReplaceAll(path, "{"+ref.Value.Name+"}", "1")
		case ref.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+ref.Value.Name+"}", url.PathEscape(fmt.Sprint(example)))
		case example != nil:
			addValues(query, ref.Value.Name, example)
		}
	}
	var body any
	if o.RequestBody != nil {
		media := o.RequestBody.Value.Content.Get("application/json")
		if body = media.Example; body == nil {
			body, _ = exampleOf(media.Schema)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	status, answer := run.send(method, path, body)
	if strings.Contains(path, "/users/password") || status == http.StatusUnauthorized {
		run.login()
	}
	switch {
	case len(run.seen.Violations) > 0:
		return defective + strings.Join(run.seen.Violations, "; ")
	case run.seen.Operation == "":
		return defective + "no such route"
	case status == http.StatusBadRequest && bytes.Contains(answer, []byte("_params")):
		return defective + string(answer)
	}
	return accepted
}

func addValues(query url.Values, name string, example any) {
	if list, ok := example.([]any); ok {
		for _, item := range list {
			query.Add(name, fmt.Sprint(item))
		}
		return
	}
	if object, ok := example.(map[string]any); ok {
		for key, value := range object {
			query.Add(name+"["+key+"]", fmt.Sprint(value))
		}
		return
	}
	query.Add(name, fmt.Sprint(example))
}

func exampleOfParameter(p *openapi3.Parameter) any {
	if p.Example != nil {
		return p.Example
	}
	example, _ := exampleOf(p.Schema)
	return example
}

// exampleOf makes a value of the examples in a schema. Members without one are left out.
func exampleOf(ref *openapi3.SchemaRef) (any, bool) {
	if ref == nil || ref.Value == nil {
		return nil, false
	}
	schema := ref.Value
	if schema.Example != nil {
		return schema.Example, true
	}
	switch {
	case len(schema.Properties) > 0:
		object := map[string]any{}
		for name, member := range schema.Properties {
			if value, ok := exampleOf(member); ok {
				object[name] = value
			}
		}
		return object, len(object) > 0
	case schema.Items != nil:
		item, ok := exampleOf(schema.Items)
		return []any{item}, ok
	case len(schema.AllOf) == 1:
		return exampleOf(schema.AllOf[0])
	}
	return nil, false
}

// response serves the example of a response to the method of the operation.
func (run *exampleRun) response(method, path string, o *openapi3.Operation) string {
	var served any
	status := http.StatusOK
	for code, ref := range o.Responses.Map() {
		if media := ref.Value.Content.Get("application/json"); code[0] == '2' && media != nil {
			if served = media.Example; served == nil {
				served, _ = exampleOf(media.Schema)
			}
		}
	}
	if served == nil {
		return noExample
	}
	op := run.methods[method+" "+withoutNames(path)]
	m, err := find(run.proof.client, run.proof.rows[op.id], op)
	if err != nil {
		return defective + err.Error()
	}
	text, err := json.Marshal(served)
	if err != nil {
		return defective + err.Error()
	}
	value, _ := parse(text)
	expected := response{name: "the example", status: status, body: text, result: value}
	if object, ok := value.(map[string]any); ok && op.result == "data" {
		expected.result = object["data"]
	}
	broken := run.proof.exchange(run.t.Context(), m, op.sampleRequest(requestCases[0].sampler), expected)
	if len(broken) > 0 {
		return defective + broken[0].detail
	}
	return decoded
}
