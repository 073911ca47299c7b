package connect

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

// maxConnections is how many connections to a host requests share. More than 128 at once
// are not faster, and fewer cost throughput where calls are short.
const maxConnections = 128

// Wire is what a front door sends through in the end.
type Wire struct {
	base http.RoundTripper
	own  *http.Transport // base, if that is ours

	connections *transport.Connections // nil if base is the caller's

	given []string                      // the hosts that the caller named, as "weka01:14000"
	name  string                        // the host that certificates of found ones name
	found atomic.Pointer[foundBackends] // nil before Found
}

// foundBackends are the hosts that the server named, and what connects to them.
type foundBackends struct {
	hosts []string
	own   *http.Transport
}

// NewWire makes the wire of a client of these addresses. It opens no connection.
func (p *Product) NewWire(s *Settings, addresses []*url.URL) (*Wire, error) {
	if s.base != nil {
		return &Wire{base: s.base}, nil
	}
	trust, err := p.trust(s)
	if err != nil {
		return nil, err
	}
	proxy := s.proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	// It is not a copy of http.DefaultTransport, which a program may have replaced, or
	// given a way to dial that passes by the TLS settings here. It keeps all the
	// connections idle that calls share: two, the default, would mean a new TLS
	// handshake for nearly every call.
	own := &http.Transport{
		Proxy:                 proxy,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       trust,
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   maxConnections,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	w := &Wire{base: own, own: own, connections: transport.NewConnections(maxConnections), name: addresses[0].Hostname()}
	for _, address := range addresses {
		w.given = append(w.given, address.Host)
	}
	return w, nil
}

// RoundTrip implements http.RoundTripper.
func (w *Wire) RoundTrip(request *http.Request) (*http.Response, error) {
	if found := w.found.Load(); found != nil && slices.Contains(found.hosts, request.URL.Host) {
		return found.own.RoundTrip(request)
	}
	return w.base.RoundTrip(request)
}

// Found says which hosts, as "10.0.0.2:14000", the server itself named. Certificates
// seldom name them, so those are expected to name the first address that the caller
// gave: the server that vouched for them. A host that the caller gave as well keeps its
// own name. A transport of the caller's checks them in its own way. It is not to be
// called twice at once.
func (w *Wire) Found(hosts []string) {
	if w.own == nil {
		return
	}
	isGiven := func(host string) bool { return slices.Contains(w.given, host) }
	now := &foundBackends{hosts: slices.DeleteFunc(slices.Clone(hosts), isGiven)}
	if before := w.found.Load(); before != nil {
		now.own = before.own
	} else {
		now.own = w.own.Clone()
		now.own.TLSClientConfig.ServerName = w.name
	}
	w.found.Store(now)
}

// CloseIdleConnections closes those of a transport of ours.
func (w *Wire) CloseIdleConnections() {
	if w.own != nil {
		w.own.CloseIdleConnections()
	}
	if found := w.found.Load(); found != nil {
		found.own.CloseIdleConnections()
	}
}
