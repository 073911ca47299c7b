package simulatortest

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestTrust asks for a page of a simulator on loopback, over TLS, as a client that has the
// file of its CA and nothing else, and wants that status.
func TestTrust(t *testing.T, at string, srv Simulator, path string, status int) {
	t.Helper()
	text, err := os.ReadFile(srv.CAFile())
	if err != nil || string(text) != string(srv.CAPEM()) || !strings.HasPrefix(at, "https://127.0.0.1:") {
		t.Fatalf("URL %s, CA file: %v", at, err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	own := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	defer own.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := own.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != status || srv.Err() != nil {
		t.Errorf("got %s, %v", response.Status, srv.Err())
	}
}
