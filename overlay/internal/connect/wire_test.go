package connect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// named starts a server whose certificate has one DNS name, and returns the file of its CA.
func named(t *testing.T, name string) (srv *httptest.Server, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	srv = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.ServerName)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return srv, caFile
}

// wire makes the wire of a client of weka01.
func wire(t *testing.T, options ...connect.Option) *connect.Wire {
	t.Helper()
	return wireOf(t, "weka01", options...)
}

func wireOf(t *testing.T, hosts string, options ...connect.Option) *connect.Wire {
	t.Helper()
	s, err := connect.Apply(&withPort, options)
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := withPort.Addresses(connect.AddressInput{Text: hosts})
	if err != nil {
		t.Fatal(err)
	}
	w, err := withPort.NewWire(s, addresses)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.CloseIdleConnections)
	return w
}

func get(t *testing.T, w http.RoundTripper, address string) (string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

// The certificate of a found host must be valid for the host name of the client's address.
func TestFoundKeepsTheServerName(t *testing.T) {
	srv, caFile := named(t, "weka01")
	var mismatch x509.HostnameError
	w := wire(t, connect.WithCAFile(caFile))
	if _, err := get(t, w, srv.URL); !errors.As(err, &mismatch) {
		t.Errorf("before: got %v, want the certificate refused", err)
	}
	host := srv.Listener.Addr().String()
	w.Found([]string{"10.0.0.9:14000", host})
	if name, err := get(t, w, srv.URL); err != nil || name != "weka01" {
		t.Errorf("got %q, %v, want the name weka01 asked for", name, err)
	}
	w.Found([]string{"10.0.0.9:14000"})
	if _, err := get(t, w, srv.URL); !errors.As(err, &mismatch) {
		t.Errorf("no longer named: got %v, want the certificate refused", err)
	}

	other, otherCA := named(t, "elsewhere")
	w = wire(t, connect.WithCAFile(otherCA))
	w.Found([]string{other.Listener.Addr().String()})
	if _, err := get(t, w, other.URL); !errors.As(err, &mismatch) {
		t.Errorf("another name: got %v, want the certificate refused", err)
	}
}

// WithServerName replaces the host of every address, found ones included.
func TestServerName(t *testing.T) {
	srv, caFile := named(t, "weka.example.com")
	w := wireOf(t, srv.Listener.Addr().String(), connect.WithCAFile(caFile), connect.WithServerName("weka.example.com"))
	if name, err := get(t, w, srv.URL); err != nil || name != "weka.example.com" {
		t.Errorf("got %q, %v", name, err)
	}
	w = wire(t, connect.WithCAFile(caFile), connect.WithServerName("weka.example.com"))
	w.Found([]string{srv.Listener.Addr().String()})
	if name, err := get(t, w, srv.URL); err != nil || name != "weka.example.com" {
		t.Errorf("found: got %q, %v", name, err)
	}
	var mismatch x509.HostnameError
	w = wireOf(t, srv.Listener.Addr().String(), connect.WithCAFile(caFile), connect.WithServerName("other.example.com"))
	if _, err := get(t, w, srv.URL); !errors.As(err, &mismatch) {
		t.Errorf("got %v, want the certificate refused", err)
	}
}

// A host among the client's addresses keeps its own name, even if the server returns it too.
func TestFoundLeavesGivenHosts(t *testing.T) {
	srv, caFile := named(t, "weka01")
	w := wireOf(t, "weka01,"+srv.Listener.Addr().String(), connect.WithCAFile(caFile))
	w.Found([]string{srv.Listener.Addr().String()})
	var mismatch x509.HostnameError
	if _, err := get(t, w, srv.URL); !errors.As(err, &mismatch) {
		t.Errorf("got %v, want the certificate checked for the address", err)
	}
}

// A transport of the caller's gets all requests.
func TestFoundThroughATransport(t *testing.T) {
	srv, _ := named(t, "weka01")
	w := wire(t, connect.WithTransport(srv.Client().Transport))
	w.Found([]string{srv.Listener.Addr().String()})
	var mismatch x509.HostnameError
	if _, err := get(t, w, srv.URL); !errors.As(err, &mismatch) {
		t.Errorf("got %v, want what the transport makes of it", err)
	}
}

// Only a pinned certificate is trusted, for any host name and with any authority.
func TestPinnedCertificate(t *testing.T) {
	srv, _ := named(t, "elsewhere")
	pin := func(certificate []byte) connect.Option {
		return connect.WithPinnedCertificate(fingerprint, fmt.Sprintf(" %X ", sha256.Sum256(certificate)))
	}
	w := wire(t, pin(srv.Certificate().Raw))
	for range 2 {
		if _, err := get(t, w, srv.URL); err != nil {
			t.Error(err)
		}
		w.CloseIdleConnections()
	}
	other, _ := named(t, "elsewhere")
	var untrusted *tls.CertificateVerificationError
	if _, err := get(t, wire(t, pin(other.Certificate().Raw)), srv.URL); !errors.As(err, &untrusted) {
		t.Errorf("got %v, want an untrusted certificate", err)
	}
}

// The proxy of the option is used, and none if it is empty.
func TestProxy(t *testing.T) {
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.RequestURI }))
	defer proxy.Close()
	w := wire(t, connect.WithProxy(proxy.URL))
	if _, err := get(t, w, "http://weka01:14000/x"); err != nil || <-asked != "http://weka01:14000/x" {
		t.Errorf("got %v, want it asked of the proxy", err)
	}
	direct := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer direct.Close()
	w = wire(t, connect.WithProxy(""))
	if _, err := get(t, w, direct.URL); err != nil || len(asked) != 0 {
		t.Errorf("got %v, want no proxy", err)
	}
}

// recorder is a transport of the caller's.
type recorder struct{ got []*url.URL }

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.got = append(r.got, request.URL)
	return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"/elsewhere"}}, Body: http.NoBody}, nil
}

// Only the transport of an http.Client is used: redirects are not followed.
func TestHTTPClient(t *testing.T) {
	r := &recorder{}
	client := &http.Client{Transport: r, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	w := wire(t, connect.WithHTTPClient(client))
	if _, err := get(t, w, "https://weka01/x"); err != nil || len(r.got) != 1 {
		t.Errorf("got %v after %v", err, r.got)
	}
}

// A client without a transport uses http.DefaultTransport.
func TestHTTPClientWithoutTransport(t *testing.T) {
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	r := &recorder{}
	http.DefaultTransport = r
	w := wire(t, connect.WithHTTPClient(&http.Client{}))
	if _, err := get(t, w, "https://weka01/x"); err != nil || len(r.got) != 1 {
		t.Errorf("got %v after %v", err, r.got)
	}
}
