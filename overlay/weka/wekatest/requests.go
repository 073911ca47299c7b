package wekatest

import "time"

// Request is what the simulator remembers of a request: no header, no query and
// no body, hence no secret.
type Request struct {
	// Operation is the operationId, "" for a route that the API does not have.
	Operation string
	Method    string
	// Path is the escaped path with /api/v2, without the query.
	Path string
	// Status is that of the answer; 0 if the connection was cut before one.
	Status int
	// Time is when the request came, by the simulator's clock.
	Time time.Time
	// Endpoint is where it came to, by its place in [Server.URLs].
	Endpoint int
	// Violations are the rules of the API's document that it broke, and where; a
	// request that has some was refused for them.
	Violations []string
}

// Requests lists the last thousand requests or more, oldest first.
func (s *Server) Requests() []Request {
	records := s.engine.Requests()
	all := make([]Request, len(records))
	for i, record := range records {
		all[i] = Request(record)
	}
	return all
}

// Count is the number of requests that came for an operation, however they were
// answered; "" counts those for routes that the API does not have. It panics for
// an operation that does not exist.
func (s *Server) Count(operation string) int { return s.engine.Count(operation) }

// Logins is the number of logins that succeeded; Count("login") counts attempts.
func (s *Server) Logins() int {
	logins, _ := s.sessions.Counts()
	return logins
}

// Refreshes is the number of refreshes that succeeded.
func (s *Server) Refreshes() int {
	_, refreshes := s.sessions.Counts()
	return refreshes
}
