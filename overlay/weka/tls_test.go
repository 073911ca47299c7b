package weka_test

import (
	"crypto/x509"
	"errors"
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

func TestCAFile(t *testing.T) {
	srv := wekatest.New(t)
	mustStatus(t, newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"), weka.WithCAFile(srv.CAFile())))
}

// A cluster with an untrusted certificate gets no password.
func TestUnknownAuthority(t *testing.T) {
	srv := wekatest.New(t)
	c := newClientAt(t, srv.URL, weka.WithPassword("admin", "admin"))
	err := status(t.Context(), c)
	var unknown x509.UnknownAuthorityError
	if wantError(t, err, statusOperation); !errors.As(err, &unknown) {
		t.Errorf("got %v, want an unknown authority", err)
	}
	wantCounts(t, srv, 0, 0)
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
		"":                                  "path is empty",
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
