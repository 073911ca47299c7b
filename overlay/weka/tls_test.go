package weka_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// An empty path counts as no option: FromEnv then reads WEKA_CA_FILE. Another option for
// certificates wins over the variable.
func TestCAFile(t *testing.T) {
	srv := wekatest.New(t)
	password := weka.WithPassword("admin", "admin")
	mustStatus(t, newClientAt(t, srv.URL, password, weka.WithCAFile(srv.CAFile())))
	setEnv(t, map[string]string{"WEKA_CA_FILE": srv.CAFile()})
	mustStatus(t, newClientAt(t, srv.URL, password, weka.FromEnv(), weka.WithCAFile("")))
	if err := status(t.Context(), newClientAt(t, srv.URL, password, weka.WithCAFile(""))); err == nil {
		t.Error("the variable is used without FromEnv")
	}
	setEnv(t, map[string]string{"WEKA_CA_FILE": "/none.pem"})
	for _, option := range []weka.Option{weka.WithCAFile(srv.CAFile()), weka.WithTransport(srv.Transport()), weka.WithInsecureSkipVerify()} {
		mustStatus(t, newClientAt(t, srv.URL, password, weka.FromEnv(), option))
	}
}

// The error of a certificate that cannot be trusted says why, once, and nothing is sent: not
// with a token, not with a password.
func TestUntrusted(t *testing.T) {
	now := time.Now()
	self := certified(t, now.Add(-time.Hour), now.Add(time.Hour), "127.0.0.1", "localhost")
	another := certified(t, now.Add(-time.Hour), now.Add(time.Hour), "another.example", "10.0.0.9")
	expired := certified(t, now.Add(-2*time.Hour), now.Add(-time.Hour), "127.0.0.1", "localhost")
	early := certified(t, now.Add(time.Hour), now.Add(2*time.Hour), "127.0.0.1", "localhost")
	for name, c := range map[string]struct {
		server *httptest.Server
		option weka.Option
		want   string
	}{
		"unknown authority": {self, nil, "the server's certificate is signed by an unknown authority: give the client its CA"},
		"another name":      {another, trusting(t, another), "the server's certificate is for another.example, 10.0.0.9, and not for 127.0.0.1"},
		"expired":           {expired, trusting(t, expired), "the server's certificate expired at "},
		"not yet valid":     {early, trusting(t, early), "the server's certificate is not valid before "},
		"not pinned":        {self, weka.WithPinnedCertificate(strings.Repeat("a1", 32)), "the server's certificate is not trusted: its SHA-256 fingerprint "},
	} {
		for _, credentials := range []weka.Option{weka.WithAccessToken("t"), weka.WithPassword("admin", "hunter2")} {
			for _, address := range []string{c.server.URL, c.server.URL + "," + strings.Replace(c.server.URL, "127.0.0.1", "localhost", 1)} {
				options := []weka.Option{credentials}
				if c.option != nil {
					options = append(options, c.option)
				}
				err := status(t.Context(), newClientAt(t, address, options...))
				wantError(t, err, statusOperation, weka.ErrUntrusted)
				times := 1 + strings.Count(address, ",")
				if name == "another name" && times > 1 {
					continue // each address has its own words
				}
				if text := err.Error(); strings.Count(text, c.want) != times || strings.Count(text, "untrusted") != 1 || strings.Contains(text, "x509") {
					t.Errorf("%s: %s", name, text)
				}
				if errors.Is(err, weka.ErrUnavailable) {
					t.Errorf("%s: unavailable: %v", name, err)
				}
			}
		}
	}
	var unknown x509.UnknownAuthorityError
	if err := status(t.Context(), newClientAt(t, self.URL, weka.WithAccessToken("t"))); !errors.As(err, &unknown) {
		t.Errorf("got %v, want an unknown authority", err)
	}
}

// certified is a server with a certificate of its own, which must not get a request.
func certified(t *testing.T, from, until time.Time, hosts ...string) *httptest.Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			certificate.IPAddresses = append(certificate.IPAddresses, ip)
		} else {
			certificate.DNSNames = append(certificate.DNSNames, host)
		}
	}
	signed, err := x509.CreateCertificate(rand.Reader, certificate, certificate, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{signed}, PrivateKey: key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

// trusting returns the option for the certificate of a server.
func trusting(t *testing.T, srv *httptest.Server) weka.Option {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.TLS.Certificates[0].Certificate[0]})))
	return weka.WithCAFile(path)
}

// http to a port with https is an error that says so: as Go and nginx answer, in plain, and
// as others do, with a TLS alert. A login is not a rejected one.
func TestHTTPSWhereHTTPIsExpected(t *testing.T) {
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	answering := func(text string) string {
		return rawServer(t, listen(t), func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				_, _ = io.WriteString(c, text)
			}
		})
	}
	for name, address := range map[string]string{
		"Go":    secure.Listener.Addr().String(),
		"nginx": answering("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><center>The plain HTTP request was sent to HTTPS port</center></html>"),
		"alert": answering("\x15\x03\x01\x00\x02\x02\x46"),
	} {
		for _, credentials := range []weka.Option{weka.WithAccessToken("t"), weka.WithPassword("admin", "hunter2")} {
			err := status(t.Context(), newClientAt(t, "http://"+address, credentials))
			failed := asError(t, err, statusOperation)
			if strings.Count(err.Error(), "the server speaks https and not http: write https://") != 1 || failed.Class != nil || errors.Is(err, weka.ErrBadCredentials) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

// https to a port with http is an error that says so, and is not sent again.
func TestHTTPWhereHTTPSIsExpected(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	address := srv.Listener.Addr().String()
	failed := asError(t, status(t.Context(), newClientAt(t, address, weka.WithAccessToken("t"))), statusOperation)
	if !strings.Contains(failed.Error(), "speaks http and not https") || failed.Attempts != 1 || failed.Class != nil {
		t.Errorf("got %v after %d attempts", failed, failed.Attempts)
	}
	// With another backend out of reach it is an outage, and each is named.
	failed = asError(t, status(t.Context(), newClientAt(t, address+",127.0.0.1:1", weka.WithAccessToken("t"))), statusOperation)
	if failed.Class != weka.ErrUnavailable || !strings.Contains(failed.Error(), address+": the server speaks http and not https") || !strings.Contains(failed.Error(), "127.0.0.1:1: dial") { //nolint:errorlint // the field itself
		t.Errorf("got %v", failed)
	}
}

func TestInsecureSkipVerify(t *testing.T) {
	srv := wekatest.New(t)
	mustStatus(t, newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"), weka.WithInsecureSkipVerify()))
}

func TestBadCAFile(t *testing.T) {
	dir := t.TempDir()
	notPEM := filepath.Join(dir, "not.pem")
	if err := os.WriteFile(notPEM, []byte("hunter2, which is no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, words := range map[string]string{
		filepath.Join(dir, "none"):          "cannot be read",
		filepath.Join(dir, "no\nne\x1b[1m"): "cannot be read",
		dir:                                 "cannot be read",
		notPEM:                              "no PEM certificate",
	} {
		_, err := weka.New("weka01", weka.WithCAFile(path), weka.WithPassword("admin", "x"))
		if !errors.Is(err, weka.ErrInvalidArgument) || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want ErrInvalidArgument that says %q", path, err, words)
			continue
		}
		connecttest.Line(t, err)
	}
}

// The authorities of the system stay trusted.
func TestSystemRootsStay(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the system's authorities are not read from SSL_CERT_FILE here")
	}
	other := wekatest.New(t)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"data":{}}`))
	}))
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("t"), weka.WithCAFile(other.CAFile()))
	if err := c.Do(t.Context(), "GET", "/x", nil, nil); err != nil {
		t.Error(err)
	}
}

// The client does not use http.DefaultTransport, which a program may replace.
func TestForeignDefaultTransport(t *testing.T) {
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = connecttest.Always(http.StatusTeapot, "")
	srv := wekatest.New(t)
	mustStatus(t, newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(srv.CAFile())))
}

// Rounds of 20 concurrent calls use the same connections. With two idle ones, the default, it
// would take 92.
func TestConnectionsAreKept(t *testing.T) {
	var arrived atomic.Int32
	var opened atomic.Int32
	full := make(chan chan struct{}, 1)
	full <- make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		round := <-full
		if arrived.Add(1)%20 == 0 {
			close(round)
			full <- make(chan struct{})
		} else {
			full <- round
		}
		<-round
		_, _ = w.Write([]byte(`{"data":{"status":"OK"}}`))
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	srv.StartTLS()
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("t"), weka.WithInsecureSkipVerify())
	for range 5 {
		if err := errors.Join(together(t, c, 20)...); err != nil {
			t.Fatal(err)
		}
	}
	if n := opened.Load(); n > 60 {
		t.Errorf("%d connections were opened, want about 20", n)
	}
}

// Close leaves no connection open.
func TestCloseEndsConnections(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"data":{"status":"OK"}}`))
	}))
	ended := make(chan struct{}, 1)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			ended <- struct{}{}
		}
	}
	srv.StartTLS()
	defer srv.Close()
	c := newClientAt(t, srv.URL, weka.WithAccessToken("t"), weka.WithInsecureSkipVerify())
	mustStatus(t, c)
	c.Close()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the idle connection stayed open")
	}
}
