package ngenea

import "net/http"

// WithCAFile trusts the certificate authorities of a PEM file beside those of the
// system, such as the one that signed the Hub's certificate.
func WithCAFile(path string) Option { return func(s *settings) { s.WithCAFile(path) } }

// WithPinnedCertificate trusts the Hub by the SHA-256 fingerprints of its certificates
// and by nothing else: neither authority nor host name nor dates count. A fingerprint is
// 64 hexadecimal digits, with or without colons, as
// openssl x509 -noout -fingerprint -sha256 prints it. Give the next one too before a
// certificate is changed.
func WithPinnedCertificate(fingerprints ...string) Option {
	return func(s *settings) { s.WithPinnedCertificate(fingerprints) }
}

// WithInsecureSkipVerify accepts any certificate of the Hub. Whoever sits between can
// then read the password, the key and every token: for a laboratory only.
func WithInsecureSkipVerify() Option { return func(s *settings) { s.WithInsecureSkipVerify() } }

// WithProxy sends through the proxy at an address such as http://proxy:3128, https://
// or socks5://, which may carry a user and password. Without it the environment
// decides (HTTPS_PROXY, HTTP_PROXY, NO_PROXY); with an empty address no proxy is used.
func WithProxy(address string) Option { return func(s *settings) { s.WithProxy(address) } }

// WithTransport sends through base in place of a transport of our own: a proxy's, a
// simulator's. It brings its own settings of TLS and proxies, so those options
// contradict it. It must not follow redirects, as an http.Client does and an
// http.Transport does not: a POST without its slash would become a GET, and tokens
// would go along.
func WithTransport(base http.RoundTripper) Option {
	return func(s *settings) { s.WithTransport(base) }
}

// WithHTTPClient is WithTransport for the Transport of an http.Client, which is
// http.DefaultTransport if it has none. Nothing else of the client is used: redirects
// are never followed, so CheckRedirect is not asked; Jar is neither read nor written.
// A client with a Timeout is refused, because that would cover all attempts of a call
// together: use [WithAttemptTimeout], or a context with a deadline.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.WithHTTPClient(client) }
}

// AllowPlainHTTP lets an address say http, as the Hub's own examples on port 8000 do.
// Without it only loopback may, since passwords, keys and tokens would cross the network
// readable.
func AllowPlainHTTP() Option { return func(s *settings) { s.AllowPlainHTTP() } }
