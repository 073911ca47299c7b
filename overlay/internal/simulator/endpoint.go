package simulator

import (
	"context"
	"fmt"
	"net"
	"net/http"
)

// endpointKey is the context key of the number of the endpoint that a connection
// came to.
type endpointKey struct{}

// endpointOf is the number of the endpoint that a request came to, 0 for one that
// did not come through a [Server].
func endpointOf(r *http.Request) int {
	number, _ := r.Context().Value(endpointKey{}).(int)
	return number
}

// Endpoint is one of the addresses of a [Server].
type Endpoint struct {
	// URL is the scheme, the host and the port, without a path.
	URL string
	// IP and Port are where it is found by number. In memory the IP is one that is
	// reserved for documentation, and Transport finds the endpoint by it too.
	IP   string
	Port int
}

// endpoint is an Endpoint that is up while it has a server.
type endpoint struct {
	Endpoint
	number  int
	address string // host:port
	server  *http.Server
}

// Endpoints lists the addresses of the server, those that are down too.
func (s *Server) Endpoints() []Endpoint {
	all := make([]Endpoint, len(s.endpoints))
	for i, e := range s.endpoints {
		all[i] = e.Endpoint
	}
	return all
}

// Stop takes an endpoint down: its connections are cut and further ones refused.
// Stopping one that is down does nothing. Stop panics for a number that no
// endpoint has.
func (s *Server) Stop(number int) {
	s.mu.Lock()
	stopped := s.endpoints[number].server
	s.endpoints[number].server = nil
	s.mu.Unlock()
	if stopped != nil {
		_ = stopped.Close()
	}
}

// IsUp says whether an endpoint takes connections.
func (s *Server) IsUp(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endpoints[number].server != nil
}

// Start brings an endpoint back at the same address. It fails if the port was
// taken meanwhile, and after Close. Starting one that is up does nothing. Start
// panics for a number that no endpoint has.
func (s *Server) Start(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.endpoints[number]
	if e.server != nil {
		return nil
	}
	if s.closed {
		return fmt.Errorf("simulator: endpoint %d: %w", number, http.ErrServerClosed)
	}
	listener, err := s.open(e.address)
	if err != nil {
		return err
	}
	s.run(e, listener)
	return nil
}

// open listens at an address, with TLS if the server has it.
func (s *Server) open(address string) (net.Listener, error) {
	if s.memory != nil {
		listener, err := s.memory.listen(address)
		if err != nil {
			return nil, err
		}
		return s.secured(listener), nil
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("simulator: listen on %s: %w", address, err)
	}
	return s.secured(listener), nil
}
