package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hotcold-go/hotcold/specs"
	"github.com/hotcold-go/hotcold/specs/document"
	"github.com/hotcold-go/hotcold/specs/repair"
)

// plain is an overlay without a repair.
const plainOverlay = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: made up, version: '1'}\nactions: []\n"

// fuzzed is a small document with something of everything that becomes Go.
const fuzzed = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},
 "paths":{"/things/{uid}":{"put":{"operationId":"setThing","tags":["Things"],"deprecated":true,
  "parameters":[{"in":"path","name":"uid","required":true,"schema":{"type":"string"}},{"in":"query","name":"fresh","schema":{"type":"string","enum":["A","b c"]}}],
  "requestBody":{"content":{"application/json":{"schema":{"type":"object","properties":{"size":{"type":"number"},"secret":{"type":"string","format":"password"}}}}}},
  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"type":"object","properties":{
   "data":{"type":"object","properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["A","B"]},"more":{"$ref":"#/components/schemas/more"}}}}}}}}}}}},
 "components":{"schemas":{"more":{"type":"object","properties":{"tags":{"type":"array","items":{"type":"string"}},"x":{}}}}}}`

// FuzzPullToGenerate feeds the whole way from a published document to Go: either an
// error comes out, or Go in which no text of the document stands outside of literals,
// comments and the identifiers that were made of it.
func FuzzPullToGenerate(f *testing.F) {
	f.Add([]byte(fuzzed))
	f.Add([]byte(minimal))
	for _, change := range slices.Concat(keywords, [][2]string{
		{`"setThing"`, "\"a`b\""}, {`"Things"`, `"x*/ func init() {}"`}, {`"b c"`, `"\"\n//go:embed x"`}, {`"name"`, `"a\u0060 json:\u0022"`},
		{`"schema":{"type":"string"}`, `"schema":{"type":"string","x-go-type":"int; func init(){}","x-go-type-import":{"path":"os/exec"}}`},
		{`/things/{uid}`, `/things/{uid}\n//line x:1`}, {`"uid"`, `"type"`}, {`"format":"password"`, `"format":"*/;\u2028"`}, {`"A","B"`, `"func","\u0000"`},
		{`"#/components/schemas/more"`, `"http://x.example/a.json"`}, {`"made up"`, `"*/ package x"`}, {`"more":{"type"`, `"func init(){}":{"type":"string"},"more":{"type"`},
		{`application/json`, "application/json`"}, {`"number"`, `"number","default":"}"`}, {`"200"`, `"2\u000a0"`},
	}) {
		f.Add([]byte(strings.ReplaceAll(fuzzed, change[0], change[1])))
	}
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {/a: {get: {operationId: getA, tags: [A], responses: {'200': {description: x}}}}}\n"))
	imports := exported(f)
	f.Fuzz(func(t *testing.T, served []byte) { compiles(t, imports, served) })
}

// keywords are documents whose names are words of Go.
var keywords = [][2]string{
	{`uid`, `type`}, {`uid`, `select`}, {`"setThing"`, `"func"`}, {`"Things"`, `"interface"`}, {`"kind"`, `"range"`}, {`"secret"`, `"default"`},
	{`"fresh"`, `"go"`}, {`more`, `struct`}, {`"A","B"`, `"func","break"`}, {`"b c"`, `"package"`}, {`"name":{`, `"error":{`}, {`"size"`, `"_"`},
}

// TestKeywordsAreNames expects Go of a document with a word of Go for each kind of name,
// but for a member of nothing but signs, which gives no name.
func TestKeywordsAreNames(t *testing.T) {
	imports := exported(t)
	for _, change := range keywords {
		if made := compiles(t, imports, []byte(strings.ReplaceAll(fuzzed, change[0], change[1]))) != ""; made != (change[1] != `"_"`) {
			t.Errorf("%s for %s: Go came of it is %t", change[1], change[0], made)
		}
	}
}

// TestFormatsCompile expects Go of a document with each format that has a Go type of its
// own, in a path, a query, a body and results of each shape.
func TestFormatsCompile(t *testing.T) {
	imports := exported(t)
	for format, goType := range map[string]string{
		"date": "openapi_types.Date", "date-time": "time.Time", "email": "openapi_types.Email", "binary": "openapi_types.File",
		"uuid": "openapi_types.UUID", "duration": "openapi_types.Duration", "byte": "[]byte", "json": "json.RawMessage",
		"password": "api.Secret", "uri": "string",
	} {
		schema := `{"type":"string","format":"` + format + `"}`
		for shape, result := range map[string]string{
			"a member": `{"type":"object","properties":{"x":` + schema + `,"y":{"type":"array","items":` + schema + `}}}`,
			"a value":  schema, "a list": `{"type":"array","items":` + schema + `}`, "a map": `{"type":"object","additionalProperties":` + schema + `}`,
		} {
			served := strings.NewReplacer(
				`"name":"uid","required":true,"schema":{"type":"string"}`, `"name":"uid","required":true,"schema":`+schema,
				`"name":"fresh","schema":{"type":"string","enum":["A","b c"]}`, `"name":"fresh","schema":`+schema+`},{"in":"query","name":"all","schema":{"type":"array","items":`+schema+`}`,
				`"secret":{"type":"string","format":"password"}`, `"x":`+schema+`,"y":{"type":"array","items":`+schema+`}`,
				`"data":{"type":"object","properties":{"name":{"type":"string"},"kind":{"type":"string","enum":["A","B"]},"more":{"$ref":"#/components/schemas/more"}}}`, `"data":`+result,
			).Replace(fuzzed)
			code := compiles(t, imports, []byte(served))
			if code == "" {
				t.Errorf("%s as %s: no Go came of it", format, shape)
			}
			if n := strings.Count(code, goType); n < 5 {
				t.Errorf("%s as %s: %d times %s in\n%s", format, shape, n, goType, code)
			}
		}
	}
}

// compiles makes Go of a document, if it is fit, and fails unless it compiles and is
// what the templates write. It returns the Go.
func compiles(t *testing.T, imports types.Importer, served []byte) string {
	t.Helper()
	effective, err := project{product: "weka"}.effectiveOf(served)
	if err != nil {
		return ""
	}
	return typeChecked(t, imports, effective)
}

// typeChecked makes Go of an effective document, as compiles does.
func typeChecked(t *testing.T, imports types.Importer, effective []byte) (made string) {
	t.Helper()
	p := project{root: "../..", product: "weka"}
	set := token.NewFileSet()
	var files []*ast.File
	var all strings.Builder
	for _, half := range halves {
		code, err := p.generated(half, effective)
		if err != nil {
			return "" // refused after all
		}
		file, err := parser.ParseFile(set, half+".go", code, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			err = onlyGenerated(file)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, code)
		}
		files = append(files, file)
		all.Write(code)
	}
	config := types.Config{Importer: imports}
	if _, err := config.Check("made", set, files, nil); err != nil {
		t.Fatalf("%v\n%s", err, effective)
	}
	return all.String()
}

// exported reads the compiled form of the packages that generated code imports.
func exported(t testing.TB) types.Importer {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, allowedImports...)...)
	text, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	compiled := map[string]string{}
	for line := range strings.Lines(string(text)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		compiled[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) })
}

// effectiveOf pulls a document without the product's own repairs.
func (p project) effectiveOf(served []byte) ([]byte, error) {
	pulled, err := p.contractOf(served, order{defects: true})
	if err != nil {
		return nil, err
	}
	text, err := document.Encode(pulled.contract)
	if err != nil {
		return nil, err
	}
	product, err := specs.Load("made-up", fstest.MapFS{"openapi.json": {Data: text}, "overlay.yaml": {Data: []byte(plainOverlay)}})
	if err != nil {
		return nil, err
	}
	doc, err := product.Repair()
	if err != nil {
		return nil, err
	}
	if err := repair.Validate(doc); err != nil {
		return nil, err
	}
	return document.Encode(doc)
}

// hostile says what stands in generated code that a template cannot have written.
type hostile string

func (h hostile) Error() string { return "generated code holds " + string(h) }

var (
	allowedImports = []string{"context", "encoding/json", "io", "net/http", "reflect", "time", "github.com/oapi-codegen/nullable", "github.com/oapi-codegen/runtime/types", "github.com/hotcold-go/hotcold/overlay/api"}
	// allowedFunctions are those of the templates that are no methods.
	allowedFunctions = []string{"NewServices", "Operations", "TypesOf"}
)

// onlyGenerated looks for what no template writes: other imports, functions or directives.
func onlyGenerated(file *ast.File) error {
	for _, imported := range file.Imports {
		if path, _ := strconv.Unquote(imported.Path.Value); !slices.Contains(allowedImports, path) {
			return hostile("the import " + imported.Path.Value)
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if strings.HasPrefix(comment.Text, "/*") || strings.HasPrefix(comment.Text, "//go:") || strings.HasPrefix(comment.Text, "//line") {
				return hostile("the directive " + comment.Text)
			}
		}
	}
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if ok && function.Recv == nil && !slices.Contains(allowedFunctions, function.Name.Name) {
			return hostile("the function " + function.Name.Name)
		}
	}
	return nil
}
