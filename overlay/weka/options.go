package weka

import (
	"net/http"
)

// Option sets up a [Client]. Their order does not count; New reports those that
// contradict each other.
type Option func(*settings)

type settings struct {
	credentials
	caFile    string
	insecure  bool
	plainHTTP bool
	base      http.RoundTripper
	fromEnv   bool
}

// WithCAFile trusts the certificate authorities of a PEM file beside those of the
// system. A cluster's own certificate is self-signed: put it there.
func WithCAFile(path string) Option {
	return func(s *settings) { s.caFile = path }
}

// WithInsecureSkipVerify accepts any certificate of the cluster. Whoever sits
// between can then read the password and every token: for a laboratory only.
func WithInsecureSkipVerify() Option {
	return func(s *settings) { s.insecure = true }
}

// WithTransport sends through base in place of a transport of our own: a proxy's, a
// simulator's. It brings its own TLS settings, so WithCAFile and
// WithInsecureSkipVerify contradict it.
func WithTransport(base http.RoundTripper) Option {
	return func(s *settings) { s.base = base }
}

// AllowPlainHTTP lets an address say http. Without it only loopback may, since
// passwords and tokens would cross the network readable.
func AllowPlainHTTP() Option {
	return func(s *settings) { s.plainHTTP = true }
}

func (s *settings) check(scheme, host string) error {
	switch {
	case s.base != nil && (s.caFile != "" || s.insecure):
		return invalidOption("WithTransport brings its own TLS settings: WithCAFile and WithInsecureSkipVerify do not reach it")
	case s.caFile != "" && s.insecure:
		return invalidOption("WithCAFile and WithInsecureSkipVerify contradict each other: give one")
	case scheme == "http" && !s.plainHTTP && !isLoopback(host):
		return invalidOption("http to %s would show password and tokens to the network: use https, or AllowPlainHTTP()", host)
	}
	return s.credentials.check()
}
