package connect

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// trust is the caller's idea of whom to believe to be the server.
func (p *Product) trust(s *Settings) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure}
	if len(s.pins) > 0 {
		// The fingerprint is checked in place of the chain, and with every handshake,
		// a resumed one too.
		config.InsecureSkipVerify = true
		config.VerifyConnection = s.verifyPin
	}
	if s.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(s.caFile)
	if err != nil {
		return nil, p.Invalid("WithCAFile: %q cannot be read: %w", s.caFile, errors.Unwrap(err)) // which prints the path raw
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // a system without any
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, p.Invalid("WithCAFile: %q holds no PEM certificate: give the certificate of the server or of the authority that signed it", s.caFile)
	}
	config.RootCAs = roots
	return config, nil
}

// verifyPin looks at the server's own certificate alone: it has proved to hold the
// key of that one, and nothing about the rest of the chain.
func (s *Settings) verifyPin(state tls.ConnectionState) error {
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	if slices.Contains(s.pins, sum) {
		return nil
	}
	return &tls.CertificateVerificationError{
		UnverifiedCertificates: state.PeerCertificates,
		Err:                    fmt.Errorf("its SHA-256 fingerprint %x is none of those pinned", sum),
	}
}
