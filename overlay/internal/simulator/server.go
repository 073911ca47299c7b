package simulator

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a running simulator: an [http.Handler] behind HTTP/1.1 at one address or
// several, like [net/http/httptest.Server].
type Server struct {
	// URL is that of the first endpoint: scheme, host and port, without a path.
	URL string

	handler   http.Handler
	memory    *memoryNetwork // nil on loopback
	tls       *tls.Config    // nil without TLS
	transport *http.Transport
	caPEM     []byte
	caFile    string
	accepting sync.WaitGroup
	serving   sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	endpoints []*endpoint
}

// Endpoint is one of the addresses of a [Server].
type Endpoint struct {
	// URL is scheme, host and port, without a path.
	URL string
	// IP and Port are the numeric address. In memory the IP is one reserved for
	// documentation, and Transport reaches the endpoint by it too.
	IP   string
	Port int
}

// endpoint is up while it has a server.
type endpoint struct {
	Endpoint
	index   int
	address string // host:port
	server  *http.Server
}

// endpointKey is the context key of the index of a connection's endpoint.
type endpointKey struct{}

// endpointOf returns the index of the endpoint that received a request, 0 for one that
// did not come through a [Server].
func endpointOf(r *http.Request) int {
	index, _ := r.Context().Value(endpointKey{}).(int)
	return index
}

// inMemory numbers the simulators that have a name instead of a port.
var inMemory atomic.Int64

// memoryPort is the port of every endpoint in memory.
const memoryPort = 14000

// memoryIP returns the address of an endpoint in memory, one reserved for documentation.
func memoryIP(index int) string { return fmt.Sprintf("192.0.2.%d", index+1) }

// Serve starts a server for the handler. The name is the first label of the host name
// in memory: "weka" gives weka-1.simulator.test, weka-1-2.simulator.test and so on.
// The caller must Close the server.
func Serve(handler http.Handler, name string, set Settings) (*Server, error) {
	s := &Server{handler: handler, transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	if !set.Plain {
		if err := s.useTLS(); err != nil {
			return nil, err
		}
	}
	addresses, err := s.addresses(name, set)
	for i := 0; err == nil && i < len(addresses); i++ {
		err = s.add(i, addresses[i])
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	s.URL = s.endpoints[0].URL
	return s, nil
}

// addresses returns those to listen on; in memory it also makes the network.
func (s *Server) addresses(name string, set Settings) ([]string, error) {
	all := make([]string, max(1, set.Endpoints))
	if set.InMemory {
		s.memory = new(memoryNetwork)
		s.transport.DialContext = s.memory.DialContext
		name = fmt.Sprintf("%s-%d", name, inMemory.Add(1))
		all[0] = fmt.Sprintf("%s.%s:%d", name, domain, memoryPort)
		for i := 1; i < len(all); i++ {
			all[i] = fmt.Sprintf("%s-%d.%s:%d", name, i+1, domain, memoryPort)
		}
		return all, nil
	}
	host, text, err := net.SplitHostPort(cmp.Or(set.Address, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("simulator: the address must be host:port: %w", err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("simulator: the port of the address must be a number: %w", err)
	}
	for i := range all {
		all[i] = net.JoinHostPort(host, strconv.Itoa(port))
		if port > 0 {
			port++
		}
	}
	return all, nil
}

func (s *Server) add(index int, address string) error {
	listener, err := s.listen(index, address)
	if err != nil {
		return err
	}
	e := &endpoint{index: index, address: listener.Addr().String()}
	e.URL = "https://" + e.address
	if s.tls == nil {
		e.URL = "http://" + e.address
	}
	if s.memory != nil {
		e.IP, e.Port = memoryIP(index), memoryPort
	} else if tcp, ok := listener.Addr().(*net.TCPAddr); ok {
		e.IP, e.Port = tcp.IP.String(), tcp.Port
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoints = append(s.endpoints, e)
	s.run(e, listener)
	return nil
}

// listen opens an address, with TLS if the server has it.
func (s *Server) listen(index int, address string) (listener net.Listener, err error) {
	if s.memory != nil {
		listener, err = s.memory.listen(address, fmt.Sprintf("%s:%d", memoryIP(index), memoryPort))
	} else {
		listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	}
	if err != nil {
		return nil, fmt.Errorf("simulator: listen on %s: %w", address, err)
	}
	if s.tls != nil {
		listener = tls.NewListener(listener, s.tls)
	}
	return listener, nil
}

// run serves an endpoint until it is stopped. The caller holds mu.
func (s *Server) run(e *endpoint, listener net.Listener) {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.count,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), endpointKey{}, e.index)
		},
		// Clients that do not trust the CA or hang up are normal in tests.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	e.server = server
	s.accepting.Go(func() {
		_ = server.Serve(listener) // always ErrServerClosed
		_ = server.Close()         // closes a connection accepted in the meantime
	})
}

// count counts the connections, so that Close can wait for their goroutines.
func (s *Server) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.serving.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.serving.Done()
	}
}

// useTLS sets up TLS for the server and its transport, and writes the CA to a file
// that only this user can read.
func (s *Server) useTLS() error {
	id, err := processIdentity()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "simulator-")
	if err != nil {
		return fmt.Errorf("simulator: a directory for the CA: %w", err)
	}
	s.caPEM, s.caFile = id.caPEM, filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(s.caFile, s.caPEM, 0o600); err != nil {
		return errors.Join(fmt.Errorf("simulator: write the CA: %w", err), os.RemoveAll(dir))
	}
	s.transport.TLSClientConfig = &tls.Config{RootCAs: id.roots, MinVersion: tls.VersionTLS12}
	s.tls = &tls.Config{Certificates: []tls.Certificate{id.leaf}, MinVersion: tls.VersionTLS12}
	return nil
}

// CAPEM returns the certificate of the authority that signed the server's, in PEM; nil
// without TLS.
func (s *Server) CAPEM() []byte { return append([]byte(nil), s.caPEM...) }

// CAFile returns the path of a file with the certificate of CAPEM, "" without TLS.
// Close removes the file.
func (s *Server) CAFile() string { return s.caFile }

// Transport connects to the server and trusts it. Close closes its idle connections.
func (s *Server) Transport() http.RoundTripper { return s.transport }

// Endpoints lists the addresses of the server, including those that are down.
func (s *Server) Endpoints() []Endpoint {
	all := make([]Endpoint, len(s.endpoints))
	for i, e := range s.endpoints {
		all[i] = e.Endpoint
	}
	return all
}

// IsUp reports whether an endpoint takes connections.
func (s *Server) IsUp(index int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endpoints[index].server != nil
}

// Stop takes an endpoint down: its connections are cut and new ones refused. It does
// nothing if the endpoint is down, and panics if there is no such endpoint.
func (s *Server) Stop(index int) {
	s.mu.Lock()
	stopped := s.endpoints[index].server
	s.endpoints[index].server = nil
	s.mu.Unlock()
	if stopped != nil {
		_ = stopped.Close()
	}
}

// Start brings an endpoint back at the same address. It fails if another process took
// the port, and after Close. It does nothing if the endpoint is up, and panics if there
// is no such endpoint.
func (s *Server) Start(index int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.endpoints[index]
	if e.server != nil {
		return nil
	}
	if s.closed {
		return fmt.Errorf("simulator: endpoint %d: %w", index, http.ErrServerClosed)
	}
	listener, err := s.listen(index, e.address)
	if err != nil {
		return err
	}
	s.run(e, listener)
	return nil
}

// Close cuts every connection and returns when their goroutines have ended. It may be
// called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for i := range s.endpoints {
		s.Stop(i)
	}
	s.accepting.Wait()
	s.serving.Wait()
	s.transport.CloseIdleConnections()
	if s.caFile != "" {
		_ = os.RemoveAll(filepath.Dir(s.caFile))
	}
}
