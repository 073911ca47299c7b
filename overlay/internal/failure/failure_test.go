package failure_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"syscall"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

func TestClasses(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	plainHTTP := tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake", RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}}
	for name, c := range map[string]struct {
		err                           error
		network, untrusted, plainHTTP bool
	}{
		"nil":                  {nil, false, false, false},
		"refused":              {refused, true, false, false},
		"wrapped":              {fmt.Errorf("login: %w", &url.Error{Op: "Post", Err: refused}), true, false, false},
		"unknown host":         {&net.DNSError{Name: "weka01", IsNotFound: true}, true, false, false},
		"timeout":              {context.DeadlineExceeded, true, false, false},
		"broken off":           {io.ErrUnexpectedEOF, true, false, false},
		"closed":               {io.EOF, true, false, false},
		"cancelled":            {context.Canceled, false, false, false},
		"a layer's own":        {&url.Error{Op: "Get", Err: errors.New("refused by policy")}, false, false, false},
		"untrusted":            {fmt.Errorf("x: %w", &tls.CertificateVerificationError{Err: errors.New("unknown authority")}), false, true, false},
		"plain HTTP":           {fmt.Errorf("x: %w", plainHTTP), false, false, true},
		"neither TLS nor HTTP": {tls.RecordHeaderError{RecordHeader: [5]byte{'S', 'S', 'H', '-', '2'}}, false, false, false},
	} {
		if network, untrusted, plain := failure.IsNetwork(c.err), failure.IsUntrusted(c.err), failure.IsWrongScheme(c.err); network != c.network || untrusted != c.untrusted || plain != c.plainHTTP {
			t.Errorf("%s: network %v, untrusted %v, plain HTTP %v", name, network, untrusted, plain)
		}
		if failure.IsPermanent(c.err) != (c.untrusted || c.plainHTTP) {
			t.Errorf("%s: permanent %v", name, !c.untrusted)
		}
	}
}

// The errors are those that net/http returns.
func TestOfNetHTTP(t *testing.T) {
	get := func(address string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		wire := &http.Transport{}
		defer wire.CloseIdleConnections()
		_, err = wire.RoundTrip(request)
		return err
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	if err := get("https" + plain.URL[len("http"):]); !failure.IsWrongScheme(err) {
		t.Errorf("plain HTTP: got %v", err)
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	if err := get(secure.URL); !failure.IsUntrusted(err) {
		t.Errorf("unknown authority: got %v", err)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if err := get(closed.URL); !failure.IsNetwork(err) {
		t.Errorf("closed port: got %v", err)
	}
}

func TestIsSuccess(t *testing.T) {
	for status, want := range map[int]bool{199: false, 200: true, 204: true, 299: true, 300: false, 404: false, 500: false} {
		if got := failure.IsSuccess(&http.Response{StatusCode: status}); got != want {
			t.Errorf("%d: got %v", status, got)
		}
	}
}
