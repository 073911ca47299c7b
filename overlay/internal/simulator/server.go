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

// Listening says how a [Server] is reached. The zero value is TLS on a free port
// of 127.0.0.1.
type Listening struct {
	// Name is the first label of the host name in memory: "weka" gives
	// weka-1.simulator.test, weka-2.simulator.test and so on.
	Name string
	// InMemory connects by pipes inside the process, through Transport only.
	InMemory bool
	// Plain speaks http in place of https.
	Plain bool
	// Address is the host:port to listen on, "" for a free port of 127.0.0.1.
	// Further endpoints take the ports that follow, or free ones after port 0.
	Address string
	// Endpoints is how many addresses share the handler; 0 is one.
	Endpoints int
}

// Server is a running simulator: an [http.Handler] behind HTTP/1.1, as
// [net/http/httptest.Server] is for any handler, at one address or several.
type Server struct {
	// URL is that of the first endpoint: the scheme, the host and the port,
	// without a path.
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

// inMemory numbers the simulators that have a name in place of a port.
var inMemory atomic.Int64

// memoryPort is the port of every endpoint in memory.
const memoryPort = 14000

// Serve starts a server for the handler. The caller must Close it.
func Serve(handler http.Handler, how Listening) (*Server, error) {
	s := &Server{handler: handler, transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	if !how.Plain {
		if err := s.secure(); err != nil {
			return nil, err
		}
	}
	addresses, err := s.addresses(how)
	if err != nil {
		s.Close()
		return nil, err
	}
	for number, address := range addresses {
		if err := s.add(number, address); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.URL = s.endpoints[0].URL
	return s, nil
}

// addresses are those to listen on; in memory it also makes the network.
func (s *Server) addresses(how Listening) ([]string, error) {
	all := make([]string, max(1, how.Endpoints))
	if how.InMemory {
		s.memory = new(memoryNetwork)
		s.transport.DialContext = s.memory.DialContext
		name := fmt.Sprintf("%s-%d", how.Name, inMemory.Add(1))
		for i := range all {
			host := name
			if i > 0 {
				host = fmt.Sprintf("%s-%d", name, i+1)
			}
			all[i] = fmt.Sprintf("%s.%s:%d", host, domain, memoryPort)
		}
		return all, nil
	}
	host, text, err := net.SplitHostPort(cmp.Or(how.Address, "127.0.0.1:0"))
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

// add opens a new endpoint.
func (s *Server) add(number int, address string) error {
	listener, err := s.open(address)
	if err != nil {
		return err
	}
	e := &endpoint{number: number, address: listener.Addr().String()}
	scheme := "https://"
	if s.tls == nil {
		scheme = "http://"
	}
	e.URL = scheme + e.address
	if s.memory != nil {
		e.IP, e.Port = fmt.Sprintf("192.0.2.%d", number+1), memoryPort
		s.memory.alias(net.JoinHostPort(e.IP, strconv.Itoa(e.Port)), e.address)
	} else if tcp, ok := listener.Addr().(*net.TCPAddr); ok {
		e.IP, e.Port = tcp.IP.String(), tcp.Port
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoints = append(s.endpoints, e)
	s.run(e, listener)
	return nil
}

// run serves an endpoint until its server closes. The caller holds mu.
func (s *Server) run(e *endpoint, listener net.Listener) {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.follow,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), endpointKey{}, e.number)
		},
		// A client that does not trust the CA, or hangs up, is no news.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	e.server = server
	s.accepting.Go(func() {
		_ = server.Serve(listener) // always ErrServerClosed
		_ = server.Close()         // a connection that was accepted meanwhile
	})
}

// secure makes the TLS of the server and of its transport, and writes the CA to a
// file.
func (s *Server) secure() error {
	who, err := processIdentity()
	if err != nil {
		return err
	}
	if s.caFile, err = writeCA(who.caPEM); err != nil {
		return err
	}
	s.caPEM = who.caPEM
	s.transport.TLSClientConfig = &tls.Config{RootCAs: who.roots, MinVersion: tls.VersionTLS12}
	s.tls = &tls.Config{Certificates: []tls.Certificate{who.leaf}, MinVersion: tls.VersionTLS12}
	return nil
}

// secured puts TLS over a listener if the server has it.
func (s *Server) secured(listener net.Listener) net.Listener {
	if s.tls == nil {
		return listener
	}
	return tls.NewListener(listener, s.tls)
}

// writeCA writes the CA to a file that only this user can read, in a directory
// of its own.
func writeCA(caPEM []byte) (string, error) {
	dir, err := os.MkdirTemp("", "simulator-")
	if err != nil {
		return "", fmt.Errorf("simulator: a directory for the CA: %w", err)
	}
	path := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(path, caPEM, 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("simulator: write the CA: %w", err), os.RemoveAll(dir))
	}
	return path, nil
}

// follow counts the connections, so that Close can wait for their goroutines.
func (s *Server) follow(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.serving.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.serving.Done()
	}
}

// CAPEM is the certificate of the authority that signed the server's, in PEM;
// nil without TLS.
func (s *Server) CAPEM() []byte { return append([]byte(nil), s.caPEM...) }

// CAFile is the path of a file with what CAPEM returns, "" without TLS. Close
// removes it.
func (s *Server) CAFile() string { return s.caFile }

// Transport connects to the server and trusts it. It belongs to the server:
// Close closes its idle connections.
func (s *Server) Transport() http.RoundTripper { return s.transport }

// Close cuts every connection and returns when their goroutines have ended. It
// may be called more than once.
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
