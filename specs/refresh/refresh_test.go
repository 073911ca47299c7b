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

func TestUsage(t *testing.T) {
	for _, arguments := range [][]string{nil, {"pull", "weka"}, {"check", "weak"}, {"frobnicate", "weka"}, {"check", "-nonsense", "weka"}, {"check"}, {"drift", "weka"}} {
		if code, _, message := refresh(t, arguments...); code != 2 || !strings.HasPrefix(message, "usage:") {
			t.Errorf("refresh %q: exit %d, %q", arguments, code, message)
		}
	}
}
