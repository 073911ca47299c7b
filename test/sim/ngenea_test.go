package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// A simulated Hub is reached by its CA file, and prints a line for each request.
func TestHub(t *testing.T) {
	p := startProduct(t, "ngenea", "-access-ttl", "3s", "-fault", "listJobs 502 x1")
	text, err := os.ReadFile(p.ca)
	if err != nil || !strings.HasPrefix(p.url, "https://127.0.0.1:") {
		t.Fatalf("listening on %q: %v", p.url, err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	for _, test := range []struct{ path, line, part string }{
		{"/api/jobs/", " 0 502 GET /api/jobs/ listJobs", "Bad Gateway"},
		{"/api/jobs/", " 0 401 GET /api/jobs/ listJobs", "credentials were not provided"},
		{"/api/docs/", " 0 200 GET /api/docs/ -", "/api/docs/?format=openapi"},
		{"/api/docs/ui/", " 0 200 GET /api/docs/ui/ -", "/api/docs/?format=openapi"},
	} {
		bodies := make(chan string, 1)
		go func() {
			response, err := client.Get(p.url + test.path)
			if err != nil {
				bodies <- err.Error()
				return
			}
			defer func() { _ = response.Body.Close() }()
			body, _ := io.ReadAll(response.Body)
			bodies <- string(body)
		}()
		if line := p.line(); !strings.HasSuffix(line, test.line) {
			t.Errorf("got the line %q, want …%q", line, test.line)
		}
		if body := <-bodies; !strings.Contains(body, test.part) {
			t.Errorf("%s: got %.300s", test.path, body)
		}
	}
}
