package weka_test

import (
	"encoding/pem"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain makes the certificate of net/http/httptest an authority of the system, for the
// tests of TLS: a process reads the system's authorities once.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "weka-test-")
	if err != nil {
		log.Fatal(err)
	}
	srv := httptest.NewTLSServer(nil)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	srv.Close()
	path := filepath.Join(dir, "system.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		log.Fatal(err)
	}
	for name, value := range map[string]string{"SSL_CERT_FILE": path, "SSL_CERT_DIR": dir} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}
