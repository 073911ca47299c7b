package ngeneatest

import (
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Request is what the simulator remembers of a request: no header, no query and
// no body, hence no secret.
type Request struct {
	// Operation is the operationId, "" for a route that the API does not have,
	// one without its trailing slash for example.
	Operation string
	Method    string
	// Path is the escaped path with /api, without the query.
	Path string
	// Status is that of the answer; 0 if the connection was cut before one.
	Status int
	// Time is when the request came, by the simulator's clock.
	Time time.Time
	// Violations are the rules of the API's document that it broke, and where.
	// Unknown parameters and members are among them although a Hub ignores those;
	// see [Strict].
	Violations []string
}

func requestOf(r simulator.Record) Request {
	return Request{
		Operation: r.Operation, Method: r.Method, Path: r.Path,
		Status: r.Status, Time: r.Time, Violations: r.Violations,
	}
}

// Requests lists the last thousand requests or more, oldest first.
func (s *Server) Requests() []Request {
	records := s.engine.Requests()
	all := make([]Request, len(records))
	for i, record := range records {
		all[i] = requestOf(record)
	}
	return all
}

// Count is the number of requests that came for an operation, however they were
// answered; "" counts those for routes that the API does not have. It panics for
// an operation that does not exist.
func (s *Server) Count(operation string) int { return s.engine.Count(operation) }

// Logins is the number of logins that succeeded; Count("createToken") counts
// attempts.
func (s *Server) Logins() (n int) {
	s.engine.Exclusive(func() { n = s.hub.sessions.logins })
	return n
}

// Refreshes is the number of refreshes that succeeded.
func (s *Server) Refreshes() (n int) {
	s.engine.Exclusive(func() { n = s.hub.sessions.refreshes })
	return n
}
