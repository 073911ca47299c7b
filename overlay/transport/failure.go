package transport

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// attemptError is a sending that brought no answer. By it the layers above know a
// failure of the network from a refusal of another layer, which is final.
type attemptError struct {
	err     error
	network bool // another try, or another endpoint, may do better
	notSent bool // the server certainly has not seen the request
}

func (e *attemptError) Error() string { return e.err.Error() }
func (e *attemptError) Unwrap() error { return e.err }

// Is makes a failure of the network call.ErrUnavailable, whatever net/http calls it.
func (e *attemptError) Is(target error) bool { return e.network && target == call.ErrUnavailable }

// failureOf says what an error of a layer below means for sending again. An error
// that is not that of a sending means neither; so does that of a login which the
// call needed, because that has been through a stack of its own.
func failureOf(err error) (network, notSent bool) {
	var login *call.Error
	var failed *attemptError
	if errors.As(err, &login) || !errors.As(err, &failed) {
		return false, false
	}
	return failed.network, failed.notSent
}

// brokeOffLogin finds a login that another try can mend, and that was sent only once. One
// that reached nobody has been sent as often as its own Retry allows.
func brokeOffLogin(err error) bool {
	var login *call.Error
	if !errors.As(err, &login) || !errors.Is(login, call.ErrUnavailable) {
		return false
	}
	var failed *attemptError
	return !errors.As(login, &failed) || failed.network && !failed.notSent
}

// isPermanent finds what no repetition mends: a server without trust, or one that
// speaks http where https is expected.
func isPermanent(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted) || isPlainHTTP(err)
}

// isPlainHTTP looks for what an http.Client would make http.ErrSchemeMismatch of; its
// transport does not.
func isPlainHTTP(err error) bool {
	var noTLS tls.RecordHeaderError
	return errors.As(err, &noTLS) && string(noTLS.RecordHeader[:]) == "HTTP/"
}

func isNetworkError(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// silenceError is a timeout, and no end of the caller's context.
type silenceError struct{ silence time.Duration }

func (e *silenceError) Error() string {
	return fmt.Sprintf("nothing came from the server for %v", e.silence)
}

// Timeout says that it is a timeout, as net.Error has it.
func (e *silenceError) Timeout() bool { return true }

// Temporary is the other half of net.Error.
func (e *silenceError) Temporary() bool { return true }

func isSuccess(answer *http.Response) bool { return answer.StatusCode/100 == 2 }
