package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const minimal = `{"openapi":"3.0.3","info":{"title":"made up","version":"1.0"},"paths":{"/a":{"get":{"operationId":"getA","responses":{"200":{"description":"x"}}}}}}`

// refresh runs the command as main does.
func refresh(t *testing.T, arguments ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), arguments, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func write0(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

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

func TestCheckPasses(t *testing.T) {
	for product, says := range map[string]string{"weka": "weka: ", "ngenea": "ngenea: "} {
		code, out, message := refresh(t, "check", "-root", "../..", product)
		if code != 0 || !strings.HasPrefix(out, says) || !strings.Contains(out, "all agree") {
			t.Errorf("%s: exit %d, %s%s", product, code, out, message)
		}
	}
}

// firstRepair is an action of the overlay, whole.
const firstRepair = `  - target: $.paths['/drives/deactivate'].post
    description: The id is misspelt.
    update:
      operationId: deactivateDrives
      x-vendor-id: deactivatesDrives
`

// TestCheckCatchesTampering edits a copy of the repository in one place each time.
func TestCheckCatchesTampering(t *testing.T) {
	for name, test := range map[string]struct{ file, old, new, says string }{
		"contract edited":      {"specs/weka/openapi.json", `"createFileSystem"`, `"makeFileSystem"`, "not the contract that was pulled"},
		"effective edited":     {"specs/weka/effective.json", `"createFileSystem"`, `"makeFileSystem"`, "effective.json is not what"},
		"row edited":           {"specs/weka/operations.tsv", "createFileSystem\tPOST", "makeFileSystem\tPOST", "names and shapes are locked"},
		"row gone":             {"specs/weka/operations.tsv", "getFeatures\t", "#\t", ""},
		"class edited":         {"specs/weka/operations.tsv", "once", "safe", "operations.tsv is not what"},
		"repair idle":          {"specs/weka/overlay.yaml", "x-class: once", "operationId: removeContainer", ""},
		"repair lost":          {"specs/weka/overlay.yaml", "operationId: getCloudProxy", "operationId: getProxyOfCloud", "names and shapes are locked"},
		"reason gone":          {"specs/weka/overlay.yaml", "description: ", "description: '' # ", "has no reason"},
		"summary gone":         {"specs/weka/summaries.tsv", "POST\t/fileSystems\t", "POST\t/fileSystem\t", "POST /fileSystems has no summary"},
		"summary of nothing":   {"specs/weka/releases.tsv", "GET\t/alerts\t", "GET\t/alert\t", "GET /alert, which is no operation"},
		"evidence gone":        {"specs/weka/numbers.yaml", "evidence: ", "evidence: '' # ", "has no evidence"},
		"number of nothing":    {"specs/weka/numbers.yaml", "name: load", "name: laod", "no number is called that"},
		"extension misspelt":   {"specs/weka/overlay.yaml", "x-class: once", "x-klass: once", "x-klass has no effect"},
		"class unknown":        {"specs/weka/overlay.yaml", "x-class: once", "x-class: twice", "must be one of"},
		"cursor unknown":       {"specs/weka/overlay.yaml", "cursor: next_token", "cursor: next", "which the answer does not have"},
		"successor of nothing": {"specs/weka/summaries.tsv", "\tGET /containers\n", "\tGET /container\n", "is no operation"},
		"two summaries":        {"specs/weka/summaries.tsv", "GET\t/alerts/types\t", "GET\t/alerts\t", "two lines"},
		"column lost":          {"specs/weka/releases.tsv", "/alerts\t3.14", "/alerts 3.14", "columns"},
		"declared twice":       {"gen/wekaapi/client.gen.go", "\nfunc NewServices(", "\ntype Alert string\n\nfunc NewServices(", "Alert is declared twice"},
		"mark gone":            {"gen/wekaapi/client.gen.go", "// Code generated", "// Written", "written by hand"},
		"source edited":        {"specs/weka/source.yaml", `"5.1"`, `"5.2"`, "speaks of weka 5.2"},
		"float32 generated":    {"gen/wekaapi/models.gen.go", "float64", "float32", "float32"},
		"anonymous generated":  {"gen/wekaapi/models.gen.go", "Items []Event ", "Items []struct{} ", "anonymous struct"},
		"our contract edited":  {"specs/ngenea/openapi.json", `"listJobs"`, `"allJobs"`, "write its sha256 there"},
		"not canonical":        {"specs/ngenea/openapi.json", "{\n \"components\"", "{\"components\"", "not written as pull writes it"},
		"type locked":          {"specs/weka/types.tsv", "ActivateDrivesBody\tstruct", "ActivateDriveBody\tstruct", "the type ActivateDriveBody is gone"},
		"kind locked":          {"specs/weka/types.tsv", "ActivateDrivesBody\tstruct", "ActivateDrivesBody\tenumeration", "would change from enumeration to struct"},
		"generated edited":     {"gen/wekaapi/models.gen.go", "// Alert is", "// An Alert is", "was edited"},
		"repair removed":       {"specs/weka/overlay.yaml", firstRepair, "", ""},
		"method gone":          {"gen/wekaapi/client.gen.go", "FilesystemService) CreateFileSystem(", "FilesystemService) MakeFileSystem(", "CreateFileSystem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			product := strings.FieldsFunc(test.file, func(r rune) bool { return r == '/' })[1]
			product = strings.TrimSuffix(product, "api")
			for _, dir := range []string{"specs/" + product, "gen/" + product + "api", "gen/templates"} {
				if err := copyTree(filepath.Join("../..", dir), filepath.Join(root, dir)); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(root, test.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), test.old) {
				t.Fatalf("%s does not hold %q", test.file, test.old)
			}
			write0(t, filepath.Dir(path), filepath.Base(path), strings.Replace(string(text), test.old, test.new, 1))
			code, out, message := refresh(t, "check", "-root", root, product)
			if code != 1 || !strings.Contains(message, test.says) || strings.Count(message, "\n") != 1 {
				t.Errorf("exit %d, %s%s want exit 1 and one line that says %q", code, out, message, test.says)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, arguments := range [][]string{nil, {"pull", "weka"}, {"check", "weak"}, {"frobnicate", "weka"}, {"check", "-nonsense", "weka"}, {"check"}, {"drift", "weka"}} {
		if code, _, message := refresh(t, arguments...); code != 2 || !strings.HasPrefix(message, "usage:") {
			t.Errorf("refresh %q: exit %d, %q", arguments, code, message)
		}
	}
}
