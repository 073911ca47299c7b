// Package failure classifies what an http.RoundTripper returns: the one place for what
// counts as a network failure, as success, and as a request to wait.
package failure

import (
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// IsSuccess reports whether the response has a 2xx status.
func IsSuccess(response *http.Response) bool { return response.StatusCode/100 == 2 }

// IsNetwork reports whether err means that the server could not be reached, broke off or
// timed out. Errors of a caller's own layers and untrusted certificates are not network
// failures, since waiting does not help.
func IsNetwork(err error) bool {
	var operation *net.OpError
	var name *net.DNSError
	var timeout interface{ Timeout() bool }
	return errors.As(err, &operation) || errors.As(err, &name) || errors.As(err, &timeout) && timeout.Timeout() ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// IsUntrusted reports whether the server's certificate failed verification.
func IsUntrusted(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted)
}

// IsWrongScheme reports whether the server speaks http where https is expected, or the
// reverse.
func IsWrongScheme(err error) bool { return isPlainHTTP(err) || errors.Is(err, errSpeaksHTTPS) }

// isPlainHTTP reports whether the server answered a TLS handshake in plain HTTP. An
// http.Client returns http.ErrSchemeMismatch for that, its transport this error.
func isPlainHTTP(err error) bool {
	var noTLS tls.RecordHeaderError
	return errors.As(err, &noTLS) && string(noTLS.RecordHeader[:]) == "HTTP/"
}

// IsPermanent reports whether another attempt cannot succeed, whichever request it sends:
// an untrusted certificate, or the wrong scheme.
func IsPermanent(err error) bool { return IsUntrusted(err) || IsWrongScheme(err) }

// RetryAfter returns how long the header Retry-After asks a client to wait: a number of
// seconds or a date. It is 0 for anything else and for a date in the past, and the longest
// Duration for a larger number.
func RetryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	seconds, err := strconv.ParseFloat(value, 64)
	switch {
	case seconds >= math.MaxInt64/float64(time.Second): // +Inf after an overflow
		return math.MaxInt64
	case err != nil || !(seconds > 0):
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
