package weka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"time"
)

// newTransport is the wire of a client that was given none. It is not a copy of
// http.DefaultTransport, which a program may have replaced, or given a way to dial
// that passes by the TLS settings here. It keeps as many idle connections to its one
// cluster as a busy program needs: two, the default, would mean a new TLS handshake
// for nearly every call.
func (s *settings) newTransport() (*http.Transport, error) {
	trust, err := s.trust()
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       trust,
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}, nil
}

// trust is the caller's idea of whom to believe to be the cluster.
func (s *settings) trust() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure}
	if s.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(s.caFile)
	if err != nil {
		return nil, invalidOption("WithCAFile: %q cannot be read: %w", s.caFile, errors.Unwrap(err)) // which prints the path raw
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // a system without any
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, invalidOption("WithCAFile: %q holds no PEM certificate: give the certificate of the cluster or of the authority that signed it", s.caFile)
	}
	config.RootCAs = roots
	return config, nil
}
