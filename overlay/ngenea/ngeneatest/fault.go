package ngeneatest

import (
	"net/http"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Fault is what goes wrong with some requests. Say which with Times and Chance,
// then what with one of the other methods, which starts it: Answer(status, body),
// ProxyPage(status), Delay(d), Hang, Reset, LoseAnswer, HalveBody, EndToken, or Do
// with a function of your own.
//
//	srv.On("listJobs").Times(2).ProxyPage(502)
//	srv.On("").Chance(0.1).Reset()
//
// Faults of one operation take turns in the order in which they were given, and
// go before those of any operation. They come before the simulator checks a token
// or a body.
type Fault = simulator.Fault

// On begins a fault of an operation, by operationId; "" is any operation, and any
// route that the API does not have. It applies to every request until
// [Server.ClearFaults], unless Times or Chance say otherwise. It panics for an
// operation that does not exist.
func (s *Server) On(operation string) *Fault { return s.engine.On(operation) }

// Fail answers the next n requests of an operation with a status and a body, as
// a Hub or a proxy before it might. It is short for
// On(operation).Times(n).Answer(status, body).
func (s *Server) Fail(operation string, n, status int, body string) {
	s.On(operation).Times(n).Answer(status, body)
}

// Intercept hands the next n requests of an operation to call, before anything
// is checked. It is short for On(operation).Times(n).Do(call).
func (s *Server) Intercept(operation string, n int, call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	s.On(operation).Times(n).Do(call)
}

// ClearFaults ends all faults; what is under way goes on.
func (s *Server) ClearFaults() { s.engine.ClearFaults() }
