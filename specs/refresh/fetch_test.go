package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// documentWith is the minimal document whose one operation has that id.
func documentWith(id string) string { return strings.Replace(minimal, "getA", id, 1) }

func pageWith(script string) string {
	return "<!DOCTYPE html>\n<html><head><title>Swagger UI</title><script src=\"./swagger-ui-bundle.js\"></script></head>" +
		"<body><div id=\"swagger-ui\"></div><script>" + script + "</script></body></html>"
}

// serve answers each path with its text, and anything else with 404.
func serve(t *testing.T, answers map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.RequestURI()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPullFromAPage(t *testing.T) {
	document, other := documentWith("getFound"), documentWith("getOther")
	for name, test := range map[string]struct {
		answers map[string]string
		flags   []string
	}{
		"swagger-ui-express": {answers: map[string]string{
			"/docs/":                   "<html><title>Swagger UI</title><script src=\"./swagger-ui-init.js\"></script><script src=\"./swagger-ui-bundle.js\"></script></html>",
			"/docs/swagger-ui-init.js": "window.onload = function() {\n var url = window.location.search.match(/url=([^&]+)/);\n var options = {\n  \"swaggerDoc\": " + document + ",\n  \"customOptions\": {}\n };\n url = options.swaggerUrl || url\n SwaggerUIBundle({url: url, spec: spec1})}",
		}},
		"spec":         {answers: map[string]string{"/docs/": pageWith("const spec = " + document + ";\nSwaggerUIBundle({spec: spec, dom_id: '#swagger-ui'})")}},
		"relative url": {answers: map[string]string{"/docs/": pageWith(`SwaggerUIBundle({url: "./v1/openapi.json", dom_id: "x"})`), "/docs/v1/openapi.json": document}},
		"location url": {answers: map[string]string{"/docs/": pageWith(`SwaggerUIBundle({url: window.location.protocol + "//" + window.location.host + '/schema?x=1',})`), "/schema?x=1": document}},
		"template url": {answers: map[string]string{"/docs/": pageWith("SwaggerUIBundle({url: `${location.origin}/schema`})"), "/schema": document}},
		"constant url": {answers: map[string]string{"/docs/": pageWith("const address = location.pathname + 'schema';\nSwaggerUIBundle({\n url: address,\n})"), "/docs/schema": document}},
		"yaml behind":  {answers: map[string]string{"/docs/": pageWith(`SwaggerUIBundle({"url":"/schema/"})`), "/schema/": "openapi: 3.0.3\ninfo: {title: made up, version: '1.0'}\npaths:\n  /a:\n    get:\n      operationId: getFound\n      responses:\n        200: {description: x}\n"}},
		"spectacular":  {answers: map[string]string{"/docs/": pageWith(`const ui = SwaggerUIBundle({url: "/api/schema/?format\u003Djson", dom_id: "#swagger-ui"})`), "/api/schema/?format=json": document}},
		"yasg":         {answers: map[string]string{"/docs/": pageWith("") + `<script src="/static/drf-yasg/swagger-ui-init.js"></script>`, "/static/drf-yasg/swagger-ui-init.js": "var specURL = currentPath + '?format=openapi';", "/docs/?format=openapi": document}},
		"chosen":       {answers: map[string]string{"/docs/": pageWith(`SwaggerUIBundle({urls: [{url: "4.4.json", name: "4.4"}, {"name": '5.1', "url": '5.1.json'},]})`), "/docs/4.4.json": other, "/docs/5.1.json": document}, flags: []string{"-release", "5.1"}},
		"list of one":  {answers: map[string]string{"/docs/": pageWith(`SwaggerUIBundle({urls: [{url: "5.1.json"}]})`), "/docs/5.1.json": document}},
		"static site": {answers: map[string]string{
			"/docs/":                          "<!DOCTYPE html><title>API</title><div id=\"swagger-ui\"></div><script src=\"./swagger-ui-bundle.js\"></script><script src=\"../swagger-initializer.js?v=1&amp;w=2\"></script>",
			"/swagger-initializer.js?v=1&w=2": "window.onload = () => { window.ui = SwaggerUIBundle({\n  urls: [{url: '../4.4.json', name: '4.4'}, {url: `../5.1.json`, name: \"5.1\"}],\n  \"urls.primaryName\": \"4.4\",\n}) }",
			"/5.1.json":                       document, "/4.4.json": other,
		}, flags: []string{"-release", "5.1"}},
		"a list of swagger-ui-express":     {answers: map[string]string{"/docs/": pageWith(expressWith(`"swaggerUrls": [{"url": "4.4.json", "name": "4.4"}, {"url": "5.1.json", "name": "5.1"}], "customOptions": {"explorer": true}`)), "/docs/5.1.json": document}, flags: []string{"-release", "5.1"}},
		"an address of swagger-ui-express": {answers: map[string]string{"/docs/": pageWith(expressWith(`"swaggerUrl": "/schema.json", "customOptions": {}`)), "/schema.json": document}},
		"options of swagger-ui-express":    {answers: map[string]string{"/docs/": pageWith(expressWith(`"customOptions": {"docExpansion": "none", "url": "/schema.json"}`)), "/schema.json": document}},
		"swaggerOptions":                   {answers: map[string]string{"/docs/": pageWith("var url = location.origin;\nconst swaggerOptions = {dom_id: '#ui', url: '/schema.json'};\nSwaggerUIBundle(swaggerOptions)"), "/schema.json": document}},
		"a missing script":                 {answers: map[string]string{"/docs/": strings.Replace(pageWith(`SwaggerUIBundle({url: "/schema.json"})`), "<script", "<script src=\"gone.js\"></script><script", 1), "/schema.json": document}},
		"an address in a comment":          {answers: map[string]string{"/docs/": pageWith("SwaggerUIBundle({\n // url: 'old.json',\n /* url: 'older.json', */ pattern: /['\"]\\/\\//, url: \"/schema.json\" // , url: 'last.json'\n})"), "/schema.json": document}},
		"a script in a comment":            {answers: map[string]string{"/docs/": strings.Replace(pageWith(`SwaggerUIBundle({url: "/schema.json"})`), "<script", "<!-- <script>SwaggerUIBundle({url: 'old.json'})</script> --><script", 1), "/schema.json": document}},
		"yaml page":                        {answers: map[string]string{"/docs/": "# a comment first\nopenapi: 3.0.3\ninfo: {title: made up, version: '1.0'}\npaths: {/a: {get: {operationId: getFound, responses: {'200': {description: x}}}}}\n"}},
		"byte order":                       {answers: map[string]string{"/docs/": "\xef\xbb\xbf" + document}},
		"swagger embed":                    {answers: map[string]string{"/docs/": pageWith(`var x = {"swaggerDoc": {"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"operationId":"getFound","responses":{"200":{"description":"x"}}}}}}}`)}},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			arguments := append([]string{"pull", "-from", serve(t, test.answers) + "/docs/", "-out", out}, test.flags...)
			code, _, message := refresh(t, append(arguments, "weka")...)
			if code != 0 {
				t.Fatal(message)
			}
			if text, _ := os.ReadFile(filepath.Join(out, "openapi.json")); !strings.Contains(string(text), "getFound") {
				t.Errorf("the contract is %s", text)
			}
		})
	}
}

// expressWith is the script of swagger-ui-express with these options.
func expressWith(options string) string {
	return "window.onload = function() {\n  // Build a system\n  var url = window.location.search.match(/url=([^&]+)/);\n  if (url && url.length > 1) {\n    url = decodeURIComponent(url[1]);\n" +
		"  } else {\n    url = window.location.origin;\n  }\n  var options = {" + options + "};\n  url = options.swaggerUrl || url\n  var urls = options.swaggerUrls\n" +
		"  var customOptions = options.customOptions\n  var spec1 = options.swaggerDoc\n  var swaggerOptions = {\n    spec: spec1,\n    url: url,\n    urls: urls,\n    dom_id: '#swagger-ui'\n  }\n" +
		"  for (var attrname in customOptions) {\n    swaggerOptions[attrname] = customOptions[attrname];\n  }\n  var ui = SwaggerUIBundle(swaggerOptions)\n}"
}

// TestPullFollowsItsOrigin is redirected within the origin: what a page names is read
// from where the page was served in the end.
func TestPullFollowsItsOrigin(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/docs":
			http.Redirect(w, r, "/api/v2/docs/", http.StatusMovedPermanently)
		case "/api/v2/docs/":
			_, _ = io.WriteString(w, pageWith(`SwaggerUIBundle({url: "openapi.json"})`))
		case "/api/v2/docs/openapi.json":
			_, _ = io.WriteString(w, minimal)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	if code, _, message := refresh(t, "pull", "-from", server.URL+"/docs", "-out", t.TempDir(), "weka"); code != 0 {
		t.Errorf("%s: asked for %q", message, asked)
	}
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) }))
	defer loop.Close()
	unfitPull(t, "more than 5 redirects", "-from", loop.URL, "weka")
}

// TestPullFromASavedPage reads a page that holds its document, and says of one that
// names it where to pull from.
func TestPullFromASavedPage(t *testing.T) {
	holds := write0(t, t.TempDir(), "page.html", pageWith("const spec = "+documentWith("getFound")+";"))
	if code, _, message := refresh(t, "pull", "-from", holds, "-out", t.TempDir(), "weka"); code != 0 {
		t.Error(message)
	}
	unfitPull(t, "pull from where the page is served", "-from", write0(t, t.TempDir(), "page.html", pageWith(`SwaggerUIBundle({url: "a.json"})`)), "weka")
}

// TestReleaseIsChosen asks for a release where there is no choice, or not that one.
func TestReleaseIsChosen(t *testing.T) {
	list := `SwaggerUIBundle({urls: [{url: "a.json", name: "4.4"}, {url: "b.json", name: "5.1"}]})`
	from := serve(t, map[string]string{"/one/": pageWith(`SwaggerUIBundle({url: "a.json"})`), "/two/": pageWith(list)})
	unfitPull(t, "the page has one", "-release", "5.1", "-from", from+"/one/", "weka")
	file := write0(t, t.TempDir(), "a.json", minimal)
	unfitPull(t, "a.json has one", "-release", "5.1", "-from", file, "weka")
	held := serve(t, map[string]string{"/": pageWith(`var o = {"swaggerDoc": ` + minimal + `}`), "/a.json": minimal})
	unfitPull(t, "the page has one", "-release", "5.1", "-from", held+"/", "weka")
	unfitPull(t, "the document has one", "-release", "5.1", "-from", held+"/a.json", "weka")
	unfitPull(t, `["4.4" "5.1"]`, "-release", "5.2", "-from", from+"/two/", "weka")
}

// TestNoFlagTakesASecret tries what a hurried user might.
func TestNoFlagTakesASecret(t *testing.T) {
	for _, flags := range [][]string{{"-password", "hunter2"}, {"-token", "hunter2"}, {"-user", "dfoster", "-client-key=hunter2"}, {"-user", "dfoster", "hunter2"}} {
		arguments := append([]string{"pull", "-from", "https://hub.example.com/api/docs/"}, flags...)
		if code, out, message := refresh(t, append(arguments, "ngenea")...); code != 2 || strings.Contains(out+message, "hunter2") {
			t.Errorf("%q: exit %d, %s%s", flags, code, out, message)
		}
	}
}

// unfitPull runs pull where it must refuse: exit 1, one line that says why, and the
// old contract as it was.
func unfitPull(t *testing.T, says string, arguments ...string) {
	t.Helper()
	out := t.TempDir()
	old := write0(t, out, "openapi.json", minimal)
	code, _, message := refresh(t, append([]string{"pull", "-out", out}, arguments...)...)
	if code != 1 || strings.Count(message, "\n") != 1 || !strings.Contains(message, says) {
		t.Errorf("exit %d and %q, want exit 1 and one line that says %q", code, message, says)
	}
	if text, _ := os.ReadFile(old); string(text) != minimal {
		t.Errorf("the old contract is %q now", text)
	}
	if entries, _ := os.ReadDir(out); len(entries) != 1 {
		t.Errorf("the folder holds %v, want the old contract alone", entries)
	}
}

func TestNoScheme(t *testing.T) {
	unfitPull(t, "a URL begins with https://", "-from", "weka01:14000/api/v2/docs", "weka")
}

func TestUnfitPages(t *testing.T) {
	for name, test := range map[string]struct{ page, says string }{
		"no Swagger UI":       {"<!doctype html><title>Welcome</title>", "not a Swagger UI"},
		"login page":          {`<html><form><input name="u"><input name="p" type="password"></form></html>`, "-user NAME"},
		"other origin":        {pageWith(`SwaggerUIBundle({url: "https://petstore.example/v2/swagger.json"})`), "another origin"},
		"several":             {pageWith(`SwaggerUIBundle({urls: [{url: "a.json", name: "4.4"}, {url: "b.json", name: "5.1"}]})`), `["4.4" "5.1"]`},
		"cut off":             {pageWith(`var o = {"swaggerDoc": ` + minimal[:80]), "not complete"},
		"computed":            {pageWith(`SwaggerUIBundle({url: compute()})`), "pass the URL of the document"},
		"page behind page":    {pageWith(`SwaggerUIBundle({url: "/docs/"})`), "is a page too"},
		"document not there":  {pageWith(`SwaggerUIBundle({url: "/absent.json"})`), "404"},
		"file of another box": {pageWith(`SwaggerUIBundle({url: "file:///etc/passwd"})`), "another origin"},
	} {
		t.Run(name, func(t *testing.T) {
			unfitPull(t, test.says, "-from", serve(t, map[string]string{"/docs/": test.page})+"/docs/", "weka")
		})
	}
}

func TestUnfitDocuments(t *testing.T) {
	schema := func(text string) string {
		return strings.TrimSuffix(minimal, "}") + `,"components":{"schemas":` + text + `}}`
	}
	var bomb strings.Builder
	bomb.WriteString("openapi: 3.0.3\na: &a [" + strings.Repeat("x,", 10) + "]\n")
	for i := 'b'; i < 'k'; i++ {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*%c , ", i-1), 10))
	}
	for name, test := range map[string]struct{ document, says string }{
		"deep":                 {`{"openapi":` + strings.Repeat(`[`, 500) + strings.Repeat(`]`, 500) + `}`, "deeper than 200"},
		"deep YAML":            {"a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500), "deeper than 200"},
		"alias bomb":           {bomb.String(), "excessive aliasing"},
		"alias of itself":      {"a: &a [*a]\n", "contains itself"},
		"YAML key twice":       {"openapi: 3.0.3\nopenapi: 3.0.1\n", "already defined"},
		"two YAML documents":   {"a: b\n---\nc: d\n", "more than one document"},
		"text":                 {"please log in", "neither JSON nor a YAML document"},
		"reference to itself":  {schema(`{"a":{"$ref":"#/components/schemas/a"}}`), "in a circle or a chain"},
		"references in circle": {schema(`{"a":{"$ref":"#/components/schemas/b"},"b":{"$ref":"#/components/schemas/a"}}`), "in a circle or a chain"},
		"combination of self":  {schema(`{"a":{"allOf":[{"$ref":"#/components/schemas/a"}]}}`), "combination of itself"},
		"reference to nothing": {schema(`{"a":{"$ref":"#/components/schemas/b"}}`), "refers to nothing"},
		"Swagger 1.2":          {`{"swagger":"1.2","paths":{}}`, "only 2.0"},
		"Swagger, remote":      {`{"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"","schema":{"$ref":"http://evil.example/x.json"}}}}}}}`, "remote references"},
		"Swagger, nonsense":    {`{"swagger":"2.0","paths":[1]}`, "not a Swagger 2.0 document"},
		"compressed":           {"\x1f\x8b\x08\x00", "compressed (gzip): unpack it"},
		"too large":            {minimal + strings.Repeat(" ", maxDocument), "larger than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			unfitPull(t, test.says, "-from", write0(t, t.TempDir(), "served", test.document), "weka")
		})
	}
}

func TestGzipBombIsRefused(t *testing.T) {
	var small bytes.Buffer
	zip := gzip.NewWriter(&small)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range maxDocument>>20 + 1 {
		_, _ = zip.Write(blank)
	}
	_ = zip.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(small.Bytes())
	}))
	defer server.Close()
	unfitPull(t, "larger than 64 MiB", "-from", server.URL, "weka")
}

// TestRefusedConnections says what is wrong with a connection or a body, in one line.
func TestRefusedConnections(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/basic":
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, minimal)
		case "/brotli":
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "x")
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer server.Close()
	ca := write0(t, t.TempDir(), "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	for path, says := range map[string]string{
		"/basic":  "401 Unauthorized and asks for HTTP Basic: save the document with curl -u NAME",
		"/cut":    fmt.Sprintf("cut off after %d of 1000 bytes", len(minimal)),
		"/brotli": `compressed ("br")`,
	} {
		unfitPull(t, says, "-ca", ca, "-from", server.URL+path, "weka")
	}
	elsewhere := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	unfitPull(t, "the certificate is for example.com", "-ca", ca, "-from", elsewhere, "weka")
	if err := explain(fmt.Errorf("waiting: %w", os.ErrDeadlineExceeded)); err.Error() != "no answer within 1 minute" {
		t.Error(err)
	}
}

// hub stands in for a server that shows its document after a login only.
func hub(t *testing.T, document []byte) *httptest.Server {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && (r.URL.Path == "/api/auth/token/" || r.URL.Path == "/api/v2/login"):
			var login struct{ Username, Password string }
			if json.NewDecoder(r.Body).Decode(&login) != nil || login.Username != "dfoster" || login.Password != "hunter2" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = io.WriteString(w, `{"access":"A","refresh":"R","data":{"access_token":"A"}}`)
		case r.Header.Get("Authorization") != "Bearer A" && r.Header.Get("Authorization") != "Api-Key hunter3":
			w.WriteHeader(http.StatusForbidden)
		default:
			_, _ = w.Write(document)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would show the refused handshakes
	t.Cleanup(server.Close)
	return server
}

func TestPullAfterALogin(t *testing.T) {
	server := hub(t, spectacular(t))
	ca := write0(t, t.TempDir(), "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	t.Setenv("NGENEA_PASSWORD", "hunter2")
	t.Setenv("NGENEA_CLIENT_KEY", "hunter3")
	from := []string{"-root", "../..", "-from", server.URL + "/api/docs/"}
	pull := func(flags ...string) []string { return append(append(flags, from...), "ngenea") }

	for _, flags := range [][]string{{"-ca", ca, "-user", "dfoster"}, {"-insecure", "-client-key"}} {
		code, out, message := refresh(t, append([]string{"pull", "-out", t.TempDir()}, pull(flags...)...)...)
		if code != 0 || strings.Contains(out+message, "hunter") {
			t.Errorf("%q: exit %d, %s%s", flags, code, out, message)
		}
	}
	for says, flags := range map[string][]string{
		"-ca FILE":                                 {"-user", "dfoster"},
		"-ca and -insecure exclude each other":     {"-ca", ca, "-insecure"},
		"log in with -user":                        {"-ca", ca},
		"failed: 401":                              {"-ca", ca, "-user", "stranger"},
		"-user and -client-key exclude each other": {"-ca", ca, "-user", "dfoster", "-client-key"},
		"contains no certificate":                  {"-ca", "fetch_test.go"},
	} {
		unfitPull(t, says, pull(flags...)...)
	}
	t.Setenv("NGENEA_PASSWORD", "")
	unfitPull(t, "set NGENEA_PASSWORD", pull("-ca", ca, "-user", "dfoster")...)
	unfitPull(t, "no credential is sent over plain http", "-client-key", "-root", "../..", "-from", "http://hub.example.com/api/docs/", "ngenea")
	unfitPull(t, "has no client keys", "-client-key", "-from", server.URL, "weka")
}

func TestPullAfterALoginToWEKA(t *testing.T) {
	server := hub(t, []byte(minimal))
	t.Setenv("WEKA_PASSWORD", "hunter2")
	code, _, message := refresh(t, "pull", "-insecure", "-user", "dfoster", "-out", t.TempDir(), "-from", server.URL+"/api/v2/docs", "weka")
	if code != 0 {
		t.Error(message)
	}
}

// TestCredentialStaysAtItsOrigin redirects a logged-in pull to another server.
func TestCredentialStaysAtItsOrigin(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other origin is asked") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()
	t.Setenv("NGENEA_CLIENT_KEY", "hunter3")
	unfitPull(t, "another origin", "-client-key", "-from", server.URL, "ngenea")
}

// TestProgress reads a slow body whose time is a bubble's.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		go func() {
			for range 5 {
				_, _ = writer.Write(make([]byte, 1024))
				time.Sleep(time.Second)
			}
			_ = writer.Close()
		}()
		var said bytes.Buffer
		if _, err := io.ReadAll(&progress{Reader: reader, size: 5 * 1024, to: &said}); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(said.String(), "\n"); lines != 2 || !strings.Contains(said.String(), "of 5 KiB") {
			t.Errorf("progress of 5 s: %q, want a line each 2 s", said.String())
		}
	})
}
