package ngenea_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// fingerprint is that of a simulator's own certificate.
func fingerprint(t *testing.T, srv *ngeneatest.Server) string {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(srv.URL, "https://"), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	sum := sha256.Sum256(conn.ConnectionState().PeerCertificates[0].Raw)
	return hex.EncodeToString(sum[:])
}

// A Hub that nobody vouches for gets no password; each of these options vouches for it.
func TestTrust(t *testing.T) {
	srv := ngeneatest.New(t)
	password := ngenea.WithPassword("dfoster", "secret")
	var unknown x509.UnknownAuthorityError
	if err := alerts(t.Context(), newClientAt(t, srv.URL, password)); !errors.As(err, &unknown) || srv.Logins() != 0 {
		t.Errorf("got %v after %d logins, want an unknown authority", err, srv.Logins())
	}
	for name, option := range map[string]ngenea.Option{
		"WithCAFile":             ngenea.WithCAFile(srv.CAFile()),
		"WithPinnedCertificate":  ngenea.WithPinnedCertificate(strings.Repeat("a1", sha256.Size), fingerprint(t, srv)),
		"WithInsecureSkipVerify": ngenea.WithInsecureSkipVerify(),
		"WithTransport":          ngenea.WithTransport(srv.Transport()),
		"WithHTTPClient":         ngenea.WithHTTPClient(&http.Client{Transport: srv.Transport()}),
	} {
		if err := alerts(t.Context(), newClientAt(t, srv.URL, password, option)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another certificate than the one that is pinned is refused, though it is no forgery.
func TestPinnedCertificateOfAnother(t *testing.T) {
	srv := ngeneatest.New(t)
	c := newClientAt(t, srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithPinnedCertificate(strings.Repeat("a1", sha256.Size)))
	var refused *tls.CertificateVerificationError
	if err := alerts(t.Context(), c); !errors.As(err, &refused) || srv.Logins() != 0 {
		t.Errorf("got %v after %d logins, want the fingerprint to be refused", err, srv.Logins())
	}
}

// The host has no address: only a proxy can answer for it.
func TestProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "hub.invalid:8000" {
			t.Errorf("the proxy was asked for %s", r.URL.Host)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[]`)
	}))
	defer proxy.Close()
	mustAlerts(t, newClientAt(t, "http://hub.invalid:8000", ngenea.AllowPlainHTTP(), ngenea.WithAccessToken("jwt"),
		ngenea.WithProxy(proxy.URL), ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: 1})))
}
