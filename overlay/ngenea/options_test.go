package ngenea_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/connect/connecttest"
	"github.com/hotcold-go/hotcold/overlay/ngenea"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestBadOptions(t *testing.T) {
	yield := func(context.Context) (ngenea.Token, error) { return ngenea.NewToken("t"), nil }
	password := ngenea.WithPassword("u", "s3cr3t")
	for want, test := range map[string]struct {
		address string
		options []ngenea.Option
	}{
		"the address is empty": {"", nil},
		"has the path":         {"hub/a/../gui", nil},
		"would show password and tokens to the network":        {"http://hub:8000", nil},
		"there are 2 addresses":                                {"hub1,hub2", nil},
		"has a user":                                           {"https://u:s3cr3t@hub", nil},
		"WithClientKey and WithPassword contradict":            {"hub", []ngenea.Option{password, ngenea.WithClientKey("s3cr3t")}},
		"WithClientKey and WithAccessToken contradict":         {"hub", []ngenea.Option{ngenea.WithAccessToken("s3cr3t"), ngenea.WithClientKey("k")}},
		"WithClientKey and WithTokenCache contradict":          {"hub", []ngenea.Option{ngenea.WithTokenCache("d"), ngenea.WithClientKey("k")}},
		"WithAccessToken and WithTokenFunc contradict":         {"hub", []ngenea.Option{ngenea.WithTokenFunc(yield), ngenea.WithAccessToken("t")}},
		"WithTokenFunc and WithPassword contradict":            {"hub", []ngenea.Option{ngenea.WithTokenFunc(yield), password}},
		"WithPassword is given twice":                          {"hub", []ngenea.Option{password, password}},
		"WithClientKey: the key is empty":                      {"hub", []ngenea.Option{ngenea.WithClientKey("")}},
		"contains characters that are not allowed in a header": {"hub", []ngenea.Option{ngenea.WithClientKey("s3cr3t\n")}},
		"WithPassword: the password is empty":                  {"hub", []ngenea.Option{ngenea.WithPassword("u", "")}},
		"WithTransport and WithCAFile contradict":              {"hub", []ngenea.Option{ngenea.WithCAFile("f"), ngenea.WithTransport(http.DefaultTransport)}},
		"WithRetryPolicy: a number is negative":                {"hub", []ngenea.Option{ngenea.WithRetryPolicy(ngenea.RetryPolicy{Attempts: -1})}},
		"WithAttemptTimeout: pass a time above 0":              {"hub", []ngenea.Option{ngenea.WithAttemptTimeout(-time.Second)}},
		"WithLogger is given nil":                              {"hub", []ngenea.Option{ngenea.WithLogger(nil)}},
		"WithDump is given nil":                                {"hub", []ngenea.Option{ngenea.WithDump(nil)}},
		"WithTokenStore has no store":                          {"hub", []ngenea.Option{ngenea.WithTokenStore(nil)}},
	} {
		_, err := ngenea.New(test.address, test.options...)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "ngenea.New: ") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("got %v, want %q", err, want)
		}
		connecttest.Classes(t, err, ngenea.ErrInvalidArgument)
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"hub.example.com":             "https://hub.example.com",
		"https://hub.example.com/api": "https://hub.example.com",
		"hub.example.com/hub/":        "https://hub.example.com/hub",
		"hub.example.com/hub/api":     "https://hub.example.com/hub",
		"hub:8000":                    "https://hub:8000",
		"http://127.0.0.1:8000/api/":  "http://127.0.0.1:8000",
	} {
		c, err := ngenea.New(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if text := c.LogValue().String(); text != "ngenea.Client of "+want {
			t.Errorf("%s: got %s", address, text)
		}
		c.Close()
	}
}

func TestEnvironment(t *testing.T) {
	srv := ngeneatest.New(t)
	t.Setenv("NGENEA_CA_FILE", srv.CAFile())
	user := foster(t, srv)
	key, err := user.CreateClientKey(t.Context(), "environment")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		url, key, user, password string
		options                  []ngenea.Option
		want                     string // of the error; "" for none
		logins                   int
	}{
		"a key":              {srv.URL, key.APIKey.Reveal(), "", "", nil, "", 0},
		"a password":         {srv.URL, "", "dfoster", "secret", nil, "", 1},
		"both":               {srv.URL, key.APIKey.Reveal(), "dfoster", "secret", nil, "", 0},
		"a session is kept":  {srv.URL, key.APIKey.Reveal(), "dfoster", "secret", []ngenea.Option{ngenea.WithTokenCache(t.TempDir())}, "", 1},
		"an option wins":     {srv.URL, "bad", "", "", []ngenea.Option{ngenea.WithPassword("dfoster", "secret")}, "", 1},
		"no password":        {srv.URL, "", "dfoster", "", nil, "one of NGENEA_USERNAME and NGENEA_PASSWORD is empty", 0},
		"nothing":            {srv.URL, "", "", "", nil, "set NGENEA_CLIENT_KEY", 0},
		"no address":         {"", "k", "", "", nil, "FromEnv() and NGENEA_URL", 0},
		"address with query": {"https://hub?token=s3cr3t", "k", "", "", nil, "in NGENEA_URL has a query", 0},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range map[string]string{
				"NGENEA_URL": test.url, "NGENEA_CLIENT_KEY": test.key, "NGENEA_USERNAME": test.user, "NGENEA_PASSWORD": test.password,
			} {
				t.Setenv(variable, value)
			}
			before := srv.Logins()
			c, err := ngenea.New("", append(test.options, ngenea.FromEnv())...)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cr3t") {
					t.Errorf("got %v, want %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			mustAlerts(t, c)
			if got := srv.Logins() - before; got != test.logins {
				t.Errorf("%d logins, want %d", got, test.logins)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		c := foster(t, srv, ngenea.WithReadOnly())
		mustAlerts(t, c)
		_, err := c.Submit(t.Context(), sample)
		wantError(t, err, "submitWorkflow", ngenea.ErrReadOnly)
		wantError(t, c.Do(t.Context(), http.MethodPost, "file/workflow", nil, nil), "", ngenea.ErrReadOnly)
		if got := srv.Count("submitWorkflow"); got != 0 {
			t.Errorf("%d were sent", got)
		}
	})
}

func TestThrottledCallsWait(t *testing.T) {
	bubble(t, func(t *testing.T, srv *ngeneatest.Server) {
		var waits []time.Duration
		c := foster(t, srv, ngenea.WithHooks(ngenea.Hooks{BeforeRetry: func(_ context.Context, r ngenea.Retrying) { waits = append(waits, r.Wait) }}))
		for range 6 {
			if _, err := c.Submit(t.Context(), sample); err != nil {
				t.Fatal(err)
			}
		}
		if len(waits) == 0 || len(srv.Objects("/jobs/")) != 6 {
			t.Errorf("waited %v for %d jobs", waits, len(srv.Objects("/jobs/")))
		}
	}, ngeneatest.WithThrottle(3, 10*time.Second))
}

// fingerprint returns that of a simulator's certificate.
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

// A Hub with an untrusted certificate gets no password; with each of these options it is
// trusted.
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

// A certificate that is not the pinned one is rejected, even if it is valid.
func TestPinnedCertificateOfAnother(t *testing.T) {
	srv := ngeneatest.New(t)
	c := newClientAt(t, srv.URL, ngenea.WithPassword("dfoster", "secret"), ngenea.WithPinnedCertificate(strings.Repeat("a1", sha256.Size)))
	var refused *tls.CertificateVerificationError
	err := alerts(t.Context(), c)
	if text := fmt.Sprint(err); !errors.Is(err, ngenea.ErrUntrusted) || strings.Count(text, "untrusted: the server's certificate is not trusted: its SHA-256 fingerprint ") != 1 {
		t.Errorf("got %v", err)
	}
	if !errors.As(err, &refused) || srv.Logins() != 0 {
		t.Errorf("got %v after %d logins, want the fingerprint to be refused", err, srv.Logins())
	}
}

// The host has no address: only a proxy can respond for it.
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
