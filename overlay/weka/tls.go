package weka

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
)

// newTransport is the wire of a client that was given none: the standard one, with
// the caller's idea of whom to trust.
func (s *settings) newTransport() (*http.Transport, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure}
	if s.caFile == "" {
		return transport, nil
	}
	pem, err := os.ReadFile(s.caFile)
	if err != nil {
		return nil, invalidOption("WithCAFile: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, invalidOption("WithCAFile: %s holds no PEM certificate", s.caFile)
	}
	transport.TLSClientConfig.RootCAs = roots
	return transport, nil
}
