package weka_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka"
)

// What users of today's clients complain about where there are several backends, each
// with a test of its name. Those about POSTs and deadlines are in retry_test.go.

const deadHost = "weka02:14000"

// inBubble gives the test three backends.
func inBubble(t *testing.T, test func(t *testing.T, b *backends, c *weka.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &backends{}
		test(t, b, newClientAt(t, "weka01,weka02,weka03", weka.WithTransport(b), weka.WithAccessToken("t")))
	})
}

// A random choice took the same dead backend again: after its first failure no call goes
// there, and none fails.
func TestComplaint_DeadBackendChosenAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		b.set(deadHost, true)
		for range 300 {
			mustStatus(t, c)
		}
		if sent := b.to("/cluster"); sent[deadHost] != 1 {
			t.Errorf("the calls went to %v, want one to the dead one", sent)
		}
	})
}

// A dead one was never excluded: in ten minutes it gets probes, more and more seldom, and
// no calls; once it heals, it gets its share.
func TestComplaint_DeadBackendNeverExcluded(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		b.set(deadHost, true)
		for range 600 {
			mustStatus(t, c)
			time.Sleep(time.Second)
		}
		calls, probes := b.to("/cluster"), b.to("/healthcheck")
		if calls[deadHost] > 1 || probes[deadHost] < 1 || probes[deadHost] > 300 {
			t.Errorf("in ten minutes the calls went to %v, the probes to %v", calls, probes)
		}
		b.set(deadHost, false)
		for range 60 {
			mustStatus(t, c)
			time.Sleep(time.Second)
		}
		if calls := b.to("/cluster"); calls[deadHost] < 15 {
			t.Errorf("a minute after it healed the calls went to %v", calls)
		}
	})
}

// Everything landed on one node.
func TestComplaint_EverythingOnOneNode(t *testing.T) {
	inBubble(t, func(t *testing.T, b *backends, c *weka.Client) {
		for range 300 {
			mustStatus(t, c)
		}
		for host, n := range b.to("/cluster") {
			if n < 75 || n > 125 {
				t.Errorf("%d of 300 calls went to %s", n, host)
			}
		}
	})
}

// [::1]:14000 or https://… in the list crashed the client.
func TestComplaint_AddressesThatCrash(t *testing.T) {
	b := &backends{}
	c := newClientAt(t, "[::1]:14000,https://weka02,2001:db8::7,https://[2001:db8::8]:443, weka05:14001 ", weka.WithTransport(b), weka.WithAccessToken("t"))
	for range 50 {
		mustStatus(t, c)
	}
	sent := b.to("/cluster")
	for _, host := range []string{"[::1]:14000", "weka02:14000", "[2001:db8::7]:14000", "[2001:db8::8]:443", "weka05:14001"} {
		if sent[host] != 10 {
			t.Errorf("the calls went to %v, want ten to %s", sent, host)
		}
	}
	if len(sent) != 5 {
		t.Errorf("the calls went to %v", sent)
	}
}

// Discovered IPs broke TLS: their certificates are checked against the name that the
// client was given. That of these backends names no IP.
func TestComplaint_DiscoveredAddressesBreakTLS(t *testing.T) {
	certificate, caFile := certificateOf(t, "localhost")
	second := serving(t, certificate, func(string) string { return `{"data":{"status":"OK","name":"second"}}` })
	found, err := url.Parse(second)
	if err != nil {
		t.Fatal(err)
	}
	first := serving(t, certificate, func(path string) string {
		if strings.HasSuffix(path, "/containers") {
			return fmt.Sprintf(`{"data":[{"mode":"backend","container_ip":"127.0.0.1","mgmt_port":%s}]}`, found.Port())
		}
		return `{"data":{"status":"OK","name":"first"}}`
	})
	c := newClientAt(t, strings.Replace(first, "127.0.0.1", "localhost", 1), weka.WithAccessToken("t"), weka.WithCAFile(caFile), weka.WithDiscovery())
	deadline := time.After(10 * time.Second)
	for {
		status, err := c.Cluster.GetClusterStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if status.Name == "second" {
			return
		}
		select {
		case <-deadline:
			t.Fatal("the discovered backend was not used")
		case <-time.After(time.Millisecond):
		}
	}
}

// certificateOf is one for a DNS name alone, and the file of its authority.
func certificateOf(t *testing.T, name string) (certificate tls.Certificate, caFile string) {
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
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, caFile
}

// serving is a server that answers each path.
func serving(t *testing.T, certificate tls.Certificate, answer func(path string) string) (address string) {
	t.Helper()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := answer(r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/healthcheck") {
			body = `"ok"`
		}
		_, _ = io.WriteString(w, body)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL
}
