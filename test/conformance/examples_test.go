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
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

var updateExamples = flag.Bool("update-examples", false, "write examples.tsv")

// published is where the vendor's documents are kept, outside the repository.
const published = "../../../shared/published/"

// recorded is where bodies from real clusters are kept.
const recorded = "../../../shared/recorded/"

// The outcomes of examples.tsv. What differs follows the last.
const (
	noExample = "none"
	accepted  = "accepted"
	decoded   = "decoded"
	differs   = "differs: "
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
		case ref.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+ref.Value.Name+"}", url.PathEscape(scalarText(example)))
		case example != nil:
			addValues(query, ref.Value.Name, example)
		}
	}
	var body any
	if o.RequestBody != nil {
		media := o.RequestBody.Value.Content.Get("application/json")
		if body = media.Example; body == nil {
			body = exampleOf(media.Schema, true)
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
		return differs + strings.Join(run.seen.Violations, "; ")
	case run.seen.Operation == "":
		return differs + "no such route"
	case status == http.StatusBadRequest && bytes.Contains(answer, []byte("_params")):
		return differs + string(answer)
	}
	return accepted
}

func addValues(query url.Values, name string, example any) {
	if list, ok := example.([]any); ok {
		for _, item := range list {
			query.Add(name, scalarText(item))
		}
		return
	}
	if object, ok := example.(map[string]any); ok {
		for key, value := range object {
			query.Add(name+"["+key+"]", scalarText(value))
		}
		return
	}
	query.Add(name, scalarText(example))
}

// scalarText returns a scalar as it stands in a path or a query.
func scalarText(value any) string {
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func exampleOfParameter(p *openapi3.Parameter) any {
	if p.Example != nil {
		return p.Example
	}
	if strings.HasPrefix(p.Name, "inode") && p.In == "path" {
		return 1
	}
	return exampleOf(p.Schema, p.Required)
}

// exampleOf makes a value of the examples in a schema, nil without any. A required value, or
// a required member of an object in a request, that has no example gets a sample.
func exampleOf(ref *openapi3.SchemaRef, required bool) any {
	if ref == nil || ref.Value == nil {
		return nil
	}
	schema := ref.Value
	if schema.Example != nil {
		return schema.Example
	}
	switch {
	case len(schema.Properties) > 0:
		object := map[string]any{}
		for name, member := range schema.Properties {
			if value := exampleOf(member, required && slices.Contains(schema.Required, name)); value != nil {
				object[name] = value
			}
		}
		if len(object) > 0 || required {
			return object
		}
	case schema.Items != nil:
		if item := exampleOf(schema.Items, required); item != nil {
			return []any{item}
		}
	case len(schema.AllOf) == 1:
		return exampleOf(schema.AllOf[0], required)
	case required:
		return sampleOf(schema)
	}
	return nil
}

func sampleOf(schema *openapi3.Schema) any {
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Format == "uuid":
		return sampleUUID
	case schema.Format == "date-time":
		return exactTime
	case schema.Type.Is(openapi3.TypeObject):
		return map[string]any{}
	case schema.Type.Is(openapi3.TypeBoolean):
		return true
	case schema.Type.Is(openapi3.TypeString) && len(schema.OneOf) == 0:
		return sampleUUID
	case len(schema.OneOf) > 0:
		return "192.0.2.1"
	}
	return 1
}

// normal returns a served or decoded example in the form in which the two are compared: text
// for scalars, times in one form, no zero values, and 2^64-1 as JavaScript rounds it.
func normal(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, member := range value {
			if member = normal(member); member != nil {
				object[name] = member
			}
		}
		if len(object) > 0 {
			return object
		}
		return nil
	case []any:
		list := []any{}
		for _, item := range value {
			list = append(list, normal(item))
		}
		if len(list) > 0 {
			return list
		}
		return nil
	case nil, bool:
		if value == false {
			return nil
		}
		return value
	}
	text := fmt.Sprint(canonical(value))
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		text = at.UTC().Format(time.RFC3339Nano)
	}
	if text == "18446744073709552000" {
		text = "18446744073709551615"
	}
	if text == "" || text == "0" {
		return nil
	}
	return text
}

// response serves the example of a response to the method of the operation.
func (run *exampleRun) response(method, path string, o *openapi3.Operation) string {
	var served any
	for code, ref := range o.Responses.Map() {
		if media := ref.Value.Content.Get("application/json"); code[0] == '2' && media != nil {
			if served = media.Example; served == nil {
				served = exampleOf(media.Schema, false)
			}
		}
	}
	if served == nil {
		return noExample
	}
	op := run.methods[method+" "+withoutNames(path)]
	return decodes(run.t, run.proof, op, served)
}

// decodes serves a body to the method of an operation and compares the result.
func decodes(t *testing.T, p *proof, op *operation, served any) string {
	t.Helper()
	m, err := find(p.client, p.rows[op.id], op)
	if err != nil {
		return differs + err.Error()
	}
	text, err := json.Marshal(served)
	if err != nil {
		return differs + err.Error()
	}
	value, _ := parse(text)
	expected := response{name: "the example", status: http.StatusOK, body: text, result: value}
	if object, ok := value.(map[string]any); ok && op.result == "data" {
		expected.result = object["data"]
	}
	p.server.respondWith(expected)
	var options []api.CallOption
	if op.auth == "basic" {
		options = append(options, contracts[0].basicAuth(basicUser, basicPassword))
	}
	result, err := m.call(t.Context(), op.sampleRequest(requestCases[0].sampler), options...)
	p.server.taken()
	if err != nil {
		_, problem, _ := strings.Cut(err.Error(), "200 OK: ")
		return differs + strings.SplitN(problem, ", ", 2)[0]
	}
	if m.result == nil {
		return decoded
	}
	out, err := tree(result)
	if err != nil {
		return differs + err.Error()
	}
	if broken := difference("result", normal(expected.result), normal(out)); broken != "" {
		return differs + broken
	}
	return decoded
}

// TestRecorded serves the bodies that others recorded from real clusters. The result has
// every member. Maps of quotas are of releases before 4.2 and must be an error.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob(recorded + "*.json")
	if err != nil || len(files) == 0 {
		t.Skip("the recorded bodies are not at hand")
	}
	p, err := open(contracts[0])
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var record struct {
			Operation string
			Status    int
			Body      json.RawMessage
		}
		if err := json.Unmarshal(text, &record); err != nil {
			t.Fatal(file, err)
		}
		at := slices.IndexFunc(p.document.operations, func(op *operation) bool { return op.id == record.Operation })
		if record.Status != http.StatusOK || at < 0 {
			continue
		}
		isMap := strings.HasSuffix(file, "-dict.json")
		if got := decodes(t, p, p.document.operations[at], record.Body); (got == decoded) == isMap {
			t.Errorf("%s: %s", filepath.Base(file), got)
		}
	}
}
