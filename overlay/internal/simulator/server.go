package simulator

import (
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
}

// Server is a running simulator: an [http.Handler] behind HTTP/1.1, as
// [net/http/httptest.Server] is for any handler.
type Server struct {
	// URL is the scheme, the host and the port, without a path.
	URL string

	server    *http.Server
	transport *http.Transport
	caPEM     []byte
	caFile    string
	accepting sync.WaitGroup
	serving   sync.WaitGroup
}

// inMemory numbers the simulators that have a name in place of a port.
var inMemory atomic.Int64

// Serve starts a server for the handler. The caller must Close it.
func Serve(handler http.Handler, how Listening) (*Server, error) {
	s := &Server{transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	listener, err := s.listen(how)
	if err != nil {
		return nil, err
	}
	s.URL = "http://" + listener.Addr().String()
	if !how.Plain {
		if listener, err = s.secure(listener); err != nil {
			return nil, err
		}
	}
	s.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.follow,
		// A client that does not trust the CA, or hangs up, is no news.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	s.accepting.Go(func() { _ = s.server.Serve(listener) }) // always ErrServerClosed
	return s, nil
}

func (s *Server) listen(how Listening) (net.Listener, error) {
	if how.InMemory {
		listener := listenInMemory(fmt.Sprintf("%s-%d.%s:14000", how.Name, inMemory.Add(1), domain))
		s.transport.DialContext = listener.DialContext
		return listener, nil
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("simulator: no port to listen on: %w", err)
	}
	return listener, nil
}

// secure puts TLS over a listener, makes the transport trust it and writes the
// CA to a file.
func (s *Server) secure(listener net.Listener) (net.Listener, error) {
	who, err := processIdentity()
	if err == nil {
		s.caFile, err = writeCA(who.caPEM)
	}
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.URL = "https://" + listener.Addr().String()
	s.caPEM = who.caPEM
	s.transport.TLSClientConfig = &tls.Config{RootCAs: who.roots, MinVersion: tls.VersionTLS12}
	return tls.NewListener(listener, &tls.Config{
		Certificates: []tls.Certificate{who.leaf},
		MinVersion:   tls.VersionTLS12,
	}), nil
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
	_ = s.server.Close()
	s.accepting.Wait()
	_ = s.server.Close() // a connection that was accepted meanwhile
	s.serving.Wait()
	s.transport.CloseIdleConnections()
	if s.caFile != "" {
		_ = os.RemoveAll(filepath.Dir(s.caFile))
	}
}
