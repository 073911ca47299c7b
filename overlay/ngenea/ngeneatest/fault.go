package ngeneatest

import (
	"net/http"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Fail answers the next n requests of an operation with a status and a body, as
// a Hub or a proxy before it might; "" stands for any operation. The body is
// sent as HTML if it starts with "<", else as JSON. It is short for
// On(operation).Times(n).Answer(status, body).
func (s *Server) Fail(operation string, n, status int, body string) {
	s.On(operation).Times(n).Answer(status, body)
}

// Intercept hands the next n requests of an operation to call, before anything
// is checked; "" stands for any operation. It is short for
// On(operation).Times(n).Do(call).
func (s *Server) Intercept(operation string, n int, call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	s.On(operation).Times(n).Do(call)
}

// ClearFaults ends all faults; what is under way goes on.
func (s *Server) ClearFaults() { s.engine.ClearFaults() }

// Fault is what goes wrong with some requests. Say which with Times and Chance,
// then what with one of the other methods, which starts it:
//
//	srv.On("listJobs").Times(2).ProxyPage(502)
//	srv.On("").Chance(0.1).Reset()
//
// Faults of one operation take turns in the order in which they were given, and
// go before those of any operation. They come before the simulator checks a token
// or a body.
type Fault struct {
	server *Server
	fault  simulator.Fault
}

// On begins a fault of an operation, by operationId; "" is any operation, and any
// route that the API does not have. It applies to every request until
// [Server.ClearFaults], unless Times or Chance say otherwise. An operation that
// does not exist panics when the fault starts.
func (s *Server) On(operation string) *Fault {
	return &Fault{server: s, fault: simulator.Fault{Operation: operation, Endpoint: simulator.AnyEndpoint}}
}

// Times bounds the fault to the next n requests. It panics for n below 1.
func (f *Fault) Times(n int) *Fault {
	if n < 1 {
		panic("ngeneatest: a fault that applies no times would never apply")
	}
	f.fault.Times = n
	return f
}

// Chance makes the fault apply to a request with a probability above 0 and up to
// 1. The same requests in the same order meet the same faults.
func (f *Fault) Chance(probability float64) *Fault {
	if probability <= 0 || probability > 1 {
		panic("ngeneatest: the chance of a fault is above 0 and up to 1")
	}
	f.fault.Chance = probability
	return f
}

// Do hands the requests to call. It may answer in the simulator's place, wait and
// then pass the request on to next, or cut the connection with
// panic([http.ErrAbortHandler]); it must return when the request's context ends.
// What it writes is not checked.
func (f *Fault) Do(call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	f.fault.Call = call
	f.server.engine.AddFault(f.fault)
}

// Answer answers with a status and a body: HTML if it starts with "<", else JSON.
func (f *Fault) Answer(status int, body string) { f.Do(simulator.Replies(status, body)) }

// ProxyPage answers with the HTML page that the proxy before a Hub has for a
// status, 502 or 504.
func (f *Fault) ProxyPage(status int) { f.Do(simulator.ProxyPage(status)) }

// Delay waits before the request is looked at; with a client that does not wait so
// long, nothing is done.
func (f *Fault) Delay(d time.Duration) { f.Do(simulator.Delays(d)) }

// Hang takes the request and never answers, until the client goes or the
// simulator closes.
func (f *Fault) Hang() { f.Do(simulator.Hangs()) }

// Reset cuts the connection before anything is done.
func (f *Fault) Reset() { f.Do(simulator.Resets()) }

// LoseAnswer does what the request asks and cuts the connection in place of the
// answer.
func (f *Fault) LoseAnswer() { f.Do(simulator.LosesAnswer()) }

// HalveBody does what the request asks and cuts the connection after half of the
// answer's body.
func (f *Fault) HalveBody() { f.Do(simulator.HalvesBody()) }

// EndToken ends the access token that the request carries, so that it is answered
// as an expired one; the refresh token stays good.
func (f *Fault) EndToken() {
	f.Do(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		_, token, _ := credentials(r)
		f.server.engine.Exclusive(func() { f.server.hub.sessions.end(token) })
		next.ServeHTTP(w, r)
	})
}
