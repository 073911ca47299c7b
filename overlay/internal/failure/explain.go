package failure

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// ErrUntrusted is the class of a server whose certificate failed verification.
var ErrUntrusted = errors.New("untrusted")

// SpeaksHTTPS is what a server says that was sent plain http.
const SpeaksHTTPS = "the server speaks https and not http: write https://"

var errSpeaksHTTPS = &explained{text: SpeaksHTTPS}

// explained is an error in our own words. Its cause is nil if that quotes the server.
type explained struct {
	text  string
	cause error
}

func (e *explained) Error() string { return e.text }

func (e *explained) Unwrap() error { return e.cause }

// Is makes every untrusted certificate an ErrUntrusted.
func (e *explained) Is(target error) bool { return target == ErrUntrusted && IsUntrusted(e.cause) }

// OwnWords returns the text of an error that Explain or ProxyRefusal returned, or that it
// wraps, and "" for any other.
func OwnWords(err error) string {
	if own := (*explained)(nil); errors.As(err, &own) {
		return own.text
	}
	return ""
}

// ProxyRefusal is the error of a proxy that opens no connection. That of net/http has the
// proxy's own words.
func ProxyRefusal(status int) error {
	return &explained{text: fmt.Sprintf("the proxy opens no connection: it answers %d %s", status, http.StatusText(status))}
}

// Explain returns an error of a transport in our own words if its own quote the server or
// do not say what to do, and otherwise the error.
func Explain(err error) error {
	switch {
	case err == nil || OwnWords(err) != "":
		return err
	case IsUntrusted(err):
		return &explained{whyUntrusted(err), err}
	case isPlainHTTP(err):
		return &explained{"the server speaks http and not https: check the port, or write http:// where that is allowed", err}
	}
	var header textproto.ProtocolError
	text := err.Error()
	switch {
	case strings.Contains(text, `malformed HTTP response "\x15\x03`): // a TLS alert
		return errSpeaksHTTPS
	case strings.Contains(text, "server sent GOAWAY"):
		return &explained{text: "the server closed its HTTP/2 connection"}
	case errors.As(err, &header), slices.ContainsFunc(quoting, func(words string) bool { return strings.Contains(text, words) }):
		return &explained{text: "the response is not valid HTTP"}
	}
	return err
}

// quoting are words of errors in which net/http quotes a response, and so whatever that
// repeats of the request. Their types are not exported.
var quoting = []string{
	"malformed HTTP ", "bad Content-Length ", "invalid empty Content-Length ", "multiple Content-Length headers",
	"transfer encoding", "Trailer key ", "bad trailer key ", "PROTOCOL_ERROR; ",
}

// whyUntrusted says what is wrong with a certificate, and what to do.
func whyUntrusted(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("the server's certificate is for %s, and not for %s", namesIn(name.Certificate), name.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		now := time.Now()
		if begin := invalid.Cert.NotBefore; now.Before(begin) {
			return fmt.Sprintf("the server's certificate is not valid before %s, and the clock here says %s", begin.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
		}
		return fmt.Sprintf("the server's certificate expired at %s, and the clock here says %s", invalid.Cert.NotAfter.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case errors.As(err, &authority):
		return "the server's certificate is signed by an unknown authority: give the client its CA"
	}
	return "the server's certificate is not trusted: " + lastCause(err).Error()
}

// lastCause is the error that says it, without the words of those who passed it on.
func lastCause(err error) error {
	for {
		cause := errors.Unwrap(err)
		if cause == nil {
			return err
		}
		err = cause
	}
}

// maxNames is how many names of a certificate are shown.
const maxNames = 5

func namesIn(certificate *x509.Certificate) string {
	names := slices.Clone(certificate.DNSNames)
	for _, address := range certificate.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 {
		return "no host"
	}
	more := ""
	if len(names) > maxNames {
		names, more = names[:maxNames], ", …"
	}
	return strings.Join(names, ", ") + more
}

// notTLS are words of servers that got plain http where they expect TLS: Go's, nginx,
// Apache httpd.
var notTLS = [][]byte{
	[]byte("HTTP request to an HTTPS server"), []byte("plain HTTP request was sent to HTTPS port"),
	[]byte("speaking plain HTTP to an SSL-enabled server port"),
}

// IsAnswerToPlainHTTP reports whether the server says that it expects https.
func IsAnswerToPlainHTTP(response *http.Response, body []byte) bool {
	return response.StatusCode == http.StatusBadRequest && response.TLS == nil &&
		slices.ContainsFunc(notTLS, func(words []byte) bool { return bytes.Contains(body, words) })
}
