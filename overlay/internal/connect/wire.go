package connect

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/call"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

// maxConnections is how many connections to a host requests share. More than 128 at once
// are not faster, and fewer cost throughput when calls are short.
const maxConnections = 128

// A connection that the network has forgotten is left after these times: an idle one, and one
// whose request the server got, after the keep-alive probes; one whose request does not
// arrive as limitSilence says.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 2 * time.Second, Interval: time.Second, Count: 2}

// Wire is the last transport of a front door, which opens connections.
type Wire struct {
	Addresses []*url.URL // of the client

	base  http.RoundTripper
	own   *http.Transport                       // base, unless it is the caller's
	proxy func(*http.Request) (*url.URL, error) // of base; nil if there is none, or it is unknown

	connections *transport.Connections // nil if base is the caller's

	name  string                        // the host name in the certificates of found hosts
	found atomic.Pointer[foundBackends] // nil before Found
}

// foundBackends are hosts that the server has returned, and the transport to them.
type foundBackends struct {
	hosts map[string]bool
	own   *http.Transport
}

// NewWire makes the wire of a client of these addresses. It opens no connection.
func (p *Product) NewWire(s *Settings, addresses []*url.URL) (*Wire, error) {
	if s.base != nil {
		w := &Wire{Addresses: addresses, base: s.base}
		if transport, ok := s.base.(*http.Transport); ok {
			w.proxy = transport.Proxy
		}
		return w, nil
	}
	trust, err := p.trust(s)
	if err != nil {
		return nil, err
	}
	proxy := s.proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	// It is not a copy of http.DefaultTransport, which a program may have replaced, or given
	// a dial function that bypasses the TLS settings here. It keeps all shared connections
	// idle: with two, the default, nearly every call would need a TLS handshake.
	own := &http.Transport{
		Proxy: proxy,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
			if response.StatusCode != http.StatusOK {
				return failure.ProxyRefusal(response.StatusCode)
			}
			return nil
		},
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAliveConfig: keepAlive, Control: limitSilence}).DialContext,
		TLSClientConfig:       trust,
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   maxConnections,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
		// A connection that the network has forgotten is left within seconds: all calls
		// share it, and those that wait for a response would wait for their timeouts.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 2 * time.Second, PingTimeout: 2 * time.Second},
	}
	return &Wire{
		Addresses: addresses, base: own, own: own, proxy: proxy, connections: transport.NewConnections(maxConnections),
		name: cmp.Or(s.serverName, addresses[0].Hostname()),
	}, nil
}

// Origins returns the origins of the addresses.
func (w *Wire) Origins() []string { return Origins(w.Addresses) }

// RoundTrip implements http.RoundTripper.
func (w *Wire) RoundTrip(request *http.Request) (*http.Response, error) {
	if w.proxy != nil {
		call.StateOf(request).NoteProxy(&w.proxy)
	}
	if found := w.found.Load(); found != nil && found.hosts[request.URL.Host] {
		return found.own.RoundTrip(request)
	}
	return w.base.RoundTrip(request)
}

// Found sets the hosts, as "10.0.0.2:14000", that the server has returned. Certificates
// seldom have their names, so theirs must be valid for the host of the client's first
// address. A host that is among the client's addresses keeps its own name. A transport of
// the caller's checks certificates in its own way. Concurrent calls are not allowed.
func (w *Wire) Found(hosts []string) {
	if w.own == nil {
		return
	}
	isKnown := func(host string) bool {
		return slices.ContainsFunc(w.Addresses, func(address *url.URL) bool { return address.Host == host })
	}
	now := &foundBackends{hosts: map[string]bool{}}
	for _, host := range hosts {
		now.hosts[host] = !isKnown(host)
	}
	if before := w.found.Load(); before != nil {
		now.own = before.own
	} else {
		now.own = w.own.Clone()
		now.own.TLSClientConfig.ServerName = w.name
	}
	w.found.Store(now)
}

// CloseIdleConnections does nothing for a transport of the caller's.
func (w *Wire) CloseIdleConnections() {
	if w.own != nil {
		w.own.CloseIdleConnections()
	}
	if found := w.found.Load(); found != nil {
		found.own.CloseIdleConnections()
	}
}

// trust returns which certificates the client accepts.
func (p *Product) trust(s *Settings) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.insecure, ServerName: s.serverName}
	if len(s.pins) > 0 {
		// The fingerprint is checked instead of the chain, in resumed handshakes too.
		config.InsecureSkipVerify = true
		config.VerifyConnection = s.verifyPin
	}
	if s.caFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(s.caFile)
	if err != nil {
		return nil, p.Invalid("%s: %q cannot be read: %w", s.setBy("", &s.caFile), s.caFile, errors.Unwrap(err)) // an os.PathError has the path unquoted
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // the system has none
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, p.Invalid("%s: %q has no PEM certificate: it must have the certificate of the server or of the authority that signed it", s.setBy("", &s.caFile), s.caFile)
	}
	config.RootCAs = roots
	return config, nil
}

// verifyPin checks the server's own certificate only: the handshake proves that the server
// has its key, and nothing about the rest of the chain.
func (s *Settings) verifyPin(state tls.ConnectionState) error {
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	if slices.Contains(s.pins, sum) {
		return nil
	}
	return &tls.CertificateVerificationError{
		UnverifiedCertificates: state.PeerCertificates,
		Err:                    fmt.Errorf("its SHA-256 fingerprint %x is not pinned", sum),
	}
}
