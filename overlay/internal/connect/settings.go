package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Settings is what the shared options say. Each has a method of its name, which
// notes that it was given.
type Settings struct {
	Options
	sending
	session
	caFile    string
	pins      [][sha256.Size]byte
	insecure  bool
	plainHTTP bool
	fill      func() error                          // takes from the environment; nil: nothing is
	proxy     func(*http.Request) (*url.URL, error) // nil: see WithProxy
	base      http.RoundTripper                     // nil: one of ours
}

// proxySchemes are those that http.Transport knows.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// switches are the options that say the same when they are given again.
var switches = []string{"AllowPlainHTTP", "FromEnv", "WithInsecureSkipVerify", "WithReadOnly"}

// Inherit takes over how another client sends and what it permits. Where tokens come
// from, and who is told of the session, stays.
func (s *Settings) Inherit(from *Settings) {
	s.sending, s.plainHTTP = from.sending, from.plainHTTP
}

// WithCAFile trusts the authorities of a PEM file beside those of the system.
func (s *Settings) WithCAFile(path string) {
	s.Give("WithCAFile")
	if path == "" {
		s.Refuse("WithCAFile: the path is empty: give the path of a PEM file")
	}
	s.caFile = path
}

// WithPinnedCertificate trusts the certificates with these SHA-256 fingerprints, in
// hexadecimal digits with or without colons, and no others.
func (s *Settings) WithPinnedCertificate(fingerprints []string) {
	s.Give("WithPinnedCertificate")
	if len(fingerprints) == 0 {
		s.Refuse("WithPinnedCertificate is given no fingerprint")
	}
	for _, text := range fingerprints {
		raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
		if err != nil || len(raw) != sha256.Size {
			s.Refuse("WithPinnedCertificate: %.100q is no SHA-256 fingerprint: give 64 hexadecimal digits, as openssl x509 -noout -fingerprint -sha256 prints them", text)
			continue
		}
		s.pins = append(s.pins, [sha256.Size]byte(raw))
	}
}

// WithInsecureSkipVerify trusts any certificate.
func (s *Settings) WithInsecureSkipVerify() {
	s.Give("WithInsecureSkipVerify")
	s.insecure = true
}

// AllowPlainHTTP permits http to other machines.
func (s *Settings) AllowPlainHTTP() {
	s.Give("AllowPlainHTTP")
	s.plainHTTP = true
}

// WithProxy sends through a proxy in place of the environment's, or through none if
// the address is empty. The address may hold a password, and is not shown.
func (s *Settings) WithProxy(address string) {
	s.Give("WithProxy")
	if address == "" {
		s.proxy = func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // which says: no proxy
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || !slices.Contains(proxySchemes, u.Scheme) {
		s.Refuse("WithProxy: the address is not that of a proxy: write it as http://proxy:3128, https:// or socks5://, or leave it empty for no proxy")
	}
	s.proxy = http.ProxyURL(u)
}

// WithTransport sends through base in place of a transport of ours.
func (s *Settings) WithTransport(base http.RoundTripper) {
	s.Give("WithTransport")
	if base == nil {
		s.Refuse("WithTransport is given nil: leave it out, or give a transport")
	}
	s.base = base
}

// WithHTTPClient sends through the transport of an http.Client, which is
// http.DefaultTransport if it has none. The client's Timeout would cover all
// attempts of a call together, so it is refused; its CheckRedirect and Jar are never
// asked.
func (s *Settings) WithHTTPClient(client *http.Client) {
	s.Give("WithHTTPClient")
	switch {
	case client == nil:
		s.Refuse("WithHTTPClient is given nil: leave it out, or give a client")
		return
	case client.Timeout != 0:
		s.Refuse("WithHTTPClient: the client's Timeout would cut all attempts of a call together: leave it 0, and use WithAttemptTimeout or a context with a deadline")
	}
	if s.base = client.Transport; s.base == nil {
		s.base = http.DefaultTransport
	}
}
