package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPullOfUnfitInputWritesNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveUnfit))
	defer server.Close()
	in := t.TempDir()
	for name, from := range map[string]string{
		"no file":          filepath.Join(in, "absent.json"),
		"not OpenAPI":      write0(t, in, "a.json", `{"hello":"world"}`),
		"truncated":        write0(t, in, "b.json", minimal[:70]),
		"HTML":             write0(t, in, "c.json", "<!doctype html><title>Log in</title>"),
		"remote reference": write0(t, in, "d.json", strings.Replace(minimal, `"description":"x"`, `"$ref":"https://evil.example/r.json"`, 1)),
		"no scheme":        "weka01:14000/api/v2/docs?secret=hunter2",
		"other scheme":     "ftp://127.0.0.1/openapi.json",
		"status 404":       server.URL + "/absent",
		"cut off":          server.URL + "/cut",
		"login page":       server.URL + "/login",
		"other origin":     server.URL + "/elsewhere?secret=hunter2",
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			old := write0(t, out, "openapi.json", "the old contract")
			code, _, message := refresh(t, "pull", "-from", from, "-out", out, "weka")
			if code != 1 || strings.Count(message, "\n") != 1 {
				t.Errorf("exit %d and %q, want exit 1 and one line", code, message)
			}
			if strings.Contains(message, "hunter2") || strings.Contains(message, "?") {
				t.Errorf("the message shows the query: %s", message)
			}
			entries, err := os.ReadDir(out)
			if err != nil || len(entries) != 1 {
				t.Errorf("the folder holds %v (%v), want the old contract alone", entries, err)
			}
			if text, _ := os.ReadFile(old); string(text) != "the old contract" {
				t.Errorf("the old contract is %q now", text)
			}
		})
	}
}

func serveUnfit(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/cut":
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(minimal))
	case "/login":
		_, _ = w.Write([]byte("<html>please log in</html>"))
	case "/elsewhere":
		http.Redirect(w, r, "http://localhost:1/openapi.json?secret=hunter2", http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

func TestPullFromAServerAndFromAFileIsTheSame(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(minimal)) }))
	defer server.Close()
	var contracts [2]string
	for i, from := range []string{server.URL + "/openapi.json", write0(t, t.TempDir(), "openapi.json", minimal)} {
		out := t.TempDir()
		if code, _, message := refresh(t, "pull", "-from", from, "-out", out, "weka"); code != 0 {
			t.Fatal(message)
		}
		text, err := os.ReadFile(filepath.Join(out, "openapi.json"))
		if err != nil {
			t.Fatal(err)
		}
		contracts[i] = string(text)
	}
	if contracts[0] != contracts[1] || !strings.Contains(contracts[0], `"getA"`) {
		t.Errorf("from a server:\n%s\nfrom a file:\n%s", contracts[0], contracts[1])
	}
}

// TestPullOfAContractReproducesIt stands in for pulling the published document,
// which is not in the repository: what a pull wrote, pulled again, is the same.
func TestPullOfAContractReproducesIt(t *testing.T) {
	out := t.TempDir()
	if code, _, message := refresh(t, "pull", "-from", "../weka/openapi.json", "-out", out, "weka"); code != 0 {
		t.Fatal(message)
	}
	want, err := os.ReadFile("../weka/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(out, "openapi.json"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("pulling the contract again changes it (%v)", err)
	}
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// beside is an operation beside the one of the document fuzzed.
func beside(path, id string) string {
	return `"paths":{` + quoted(path) + `:{"put":{"operationId":` + quoted(id) + `,"tags":["Things"],
	 "parameters":[{"in":"path","name":"id","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"OK"}}}},`
}

// TestUnfitNames writes into a document names that would collide in Go, or leave their
// place there.
func TestUnfitNames(t *testing.T) {
	const code = "x`}; func init() { panic(1) }; type z struct { y string `json:\"y"
	for name, test := range map[string]struct{ old, new, says string }{
		"one id for two":            {`"paths":{`, beside("/others/{id}", "setThing"), "have one operationId, setThing"},
		"ids of one name":           {`"paths":{`, beside("/others/{id}", "set_thing"), "would both be the method"},
		"paths that collide":        {`"paths":{`, beside("/things/{id}", "setThat"), "conflicting paths"},
		"id of code":                {`"setThing"`, quoted("set\"\n}\nfunc init() {}"), "gives no Go identifier"},
		"id with a backtick":        {`"setThing"`, quoted("set`Thing"), "gives no Go identifier"},
		"id of nothing":             {`"setThing"`, `""`, "has no operationId"},
		"id of digits":              {`"setThing"`, `"3"`, "gives no Go identifier"},
		"tag of nothing":            {`["Things"]`, `[""]`, "gives no Go identifier"},
		"tag with a quote":          {`["Things"]`, `["Thi\"ngs"]`, "cannot stand in Go source"},
		"path with a line break":    {`/things/{uid}`, `/things/{uid}\n//go:embed x`, "control character"},
		"path with a quote":         {`/things/{uid}`, `/things'/{uid}`, "cannot stand in Go source"},
		"member of code":            {`"name"`, quoted(code), "cannot stand in Go source"},
		"member of nothing":         {`"name"`, `""`, "gives no Go identifier"},
		"member of symbols":         {`"name"`, `"<&>"`, "gives no Go identifier"},
		"members of one name":       {`"name"`, `"Kind"`, "would both be Kind"},
		"parameter of code":         {`"fresh"`, quoted(code), "cannot stand in Go source"},
		"parameter of nothing":      {`"fresh"`, `""`, ""},
		"parameter of a method":     {`"fresh"`, `"query_values"`, "has the name of a generated method"},
		"parameter with blanks":     {`"name":"fresh",`, `"name":"fresh","style":"spaceDelimited","explode":false,`, "is spaceDelimited"},
		"parameter of the language": {`uid`, `string`, "needs itself"},
		"type of code":              {`"more":`, quoted(code) + `:{"type":"string"},"more":`, "cannot stand in Go source"},
		"type of nothing":           {`"more":`, `"":{"type":"string","enum":["A"]},"more":`, ""},
		"types of one name":         {`"x":{}`, `"x":{"$ref":"#/components/schemas/More"}}},"More":{"type":"object","properties":{"a":{}`, "would both be called More"},
		"media type with a quote":   {`application/json`, `application/json\"; charset=\"x`, "cannot stand in Go source"},
		"media type with a tick":    {`application/json`, "application/json`", "cannot stand in Go source"},
		"value with a quote":        {`"A","B"`, `"A","B\""`, "cannot stand in Go source"},
		"value with a backtick":     {`"b c"`, "\"b`c\"", "cannot stand in Go source"},
		"value with a line break":   {`"b c"`, `"b\n//go:embed c"`, "cannot stand in Go source"},
		"value with a separator":    {`"b c"`, `"b\u2028c"`, "cannot stand in Go source"},
		"values of one name":        {`"A","B"`, `"a b","a-b"`, "would have one constant"},
		"value of symbols":          {`"A","B"`, `"<"`, "gives no constant"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(fuzzed, test.old) {
				t.Fatalf("the document does not hold %s", test.old)
			}
			from := write0(t, t.TempDir(), "served", strings.ReplaceAll(fuzzed, test.old, test.new))
			unfitPull(t, test.says, "-root", "../..", "-from", from, "weka")
		})
	}
}

// TestUnfitNamesOfASite does the same to a Hub's document: what is hostile is refused,
// or left out and said, and nothing of it reaches the contract.
func TestUnfitNamesOfASite(t *testing.T) {
	base := encode(t, parse(string(spectacular(t))))
	const code = "x`}; func init() {}; \""
	for name, change := range map[string]func(d dict){
		"value": func(d dict) {
			at(d, "components", "schemas", "Schedule", "properties")["mode"] = dict{"type": "string", "enum": []any{"a", code}}
		},
		"member": func(d dict) {
			at(d, "components", "schemas", "Schedule", "properties")[code] = dict{"type": "string"}
		},
		"schema": func(d dict) { rename(d, map[string]string{"Schedule": code}) },
		"tag and id": func(d dict) {
			o := at(d, "paths", "/api/schedules/", "get")
			o["tags"], o["operationId"] = []any{code}, code
		},
		"path": func(d dict) {
			paths := at(d, "paths")
			paths["/api/"+code+"/"] = paths["/api/schedules/"]
		},
		"parameter": func(d dict) {
			o := at(d, "paths", "/api/schedules/", "get")
			o["parameters"] = append(list(o["parameters"]), dict{"in": "query", "name": code, "schema": dict{"type": "string"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			document := parse(string(base))
			change(document)
			dir := t.TempDir()
			from := write0(t, t.TempDir(), "served.json", string(encode(t, document)))
			code, _, message := refresh(t, "pull", "-root", "../..", "-from", from, "-out", dir, "ngenea")
			text, err := os.ReadFile(filepath.Join(dir, "openapi.json"))
			switch {
			case code == 0 && (err != nil || bytes.Contains(text, []byte("func init"))):
				t.Errorf("what is hostile reached the contract (%v)", err)
			case code == 1 && (strings.Count(message, "\n") != 1 || err == nil):
				t.Errorf("refused by %q, and the contract is there: %v", message, err == nil)
			case code > 1:
				t.Errorf("exit %d: %s", code, message)
			}
		})
	}
}

// TestPullDropsExtensions takes a document that would have the generator import code.
func TestPullDropsExtensions(t *testing.T) {
	plain, steered := t.TempDir(), t.TempDir()
	hostile := strings.Replace(fuzzed, `"size":{"type":"number"`,
		`"size":{"x-go-type":"exec.Cmd; func init() {}","x-go-type-import":{"path":"os/exec\"\nfunc init() {}","name":"."},"type":"number"`, 1)
	for dir, text := range map[string]string{plain: fuzzed, steered: hostile} {
		code, out, message := refresh(t, "pull", "-root", "../..", "-out", dir, "-from", write0(t, t.TempDir(), "served", text), "weka")
		if code != 0 {
			t.Fatal(message)
		}
		if dir == steered && (!strings.Contains(out, "size/x-go-type-import") || !strings.Contains(out, `size/x-go-type"`)) {
			t.Errorf("what is dropped is not said:\n%s", out)
		}
	}
	want, _ := os.ReadFile(filepath.Join(plain, "openapi.json"))
	if got, err := os.ReadFile(filepath.Join(steered, "openapi.json")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the extensions change the contract (%v): %s", err, got)
	}
}

// TestHugeDocumentIsNotRead serves 200 MB, of which little more than the limit is taken.
func TestHugeDocumentIsNotRead(t *testing.T) {
	var sent atomic.Int64
	blank := bytes.Repeat([]byte(" "), 1<<20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 200 {
			n, err := w.Write(blank)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	}))
	unfitPull(t, "larger than 64 MiB", "-from", server.URL, "weka")
	server.Close() // waits for the handler
	if sent.Load() > 2*maxDocument {
		t.Errorf("%d bytes were sent", sent.Load())
	}
}

// TestPullStopsWaiting reads from a server that never ends its answer.
func TestPullStopsWaiting(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, minimal[:20])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"pull", "-from", server.URL, "-out", t.TempDir(), "weka"}, &out, &errOut)
	if code != 1 || strings.Count(errOut.String(), "\n") != 1 || !strings.Contains(errOut.String(), "not complete after") {
		t.Errorf("exit %d, %s", code, errOut.String())
	}
}

// TestPullFilesAnEarlierRelease pulls the document of a release before that of the tree.
func TestPullFilesAnEarlierRelease(t *testing.T) {
	out := t.TempDir()
	from := write0(t, t.TempDir(), "old.json", strings.Replace(minimal, `"version":"1.0"`, `"version":"4.2"`, 1))
	if code, said, message := refresh(t, "pull", "-root", "../..", "-from", from, "-release", "4.2", "-out", out, "weka"); code != 0 || !strings.Contains(said, "releases/4.2.json: weka 4.2") {
		t.Fatalf("%q, %q", said, message)
	}
	found, err := fs.Glob(os.DirFS(out), "*/*")
	if want := []string{"releases/4.2.json", "releases/4.2.yaml"}; err != nil || !slices.Equal(found, want) {
		t.Errorf("the folder holds %v, want %v (%v)", found, want, err)
	}
	unfitPull(t, "old.json has one", "-release", "4.3", "-from", from, "-out", out, "weka")
}
