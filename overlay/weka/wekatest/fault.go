package wekatest

import (
	"io"
	"net/http"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// Fail answers the next n requests of an operation with a status and a body, as
// a cluster or a proxy before it might; "" stands for any operation. The body is
// sent as HTML if it starts with "<", else as JSON. Fail panics for an operation
// that does not exist and for n below 1.
func (s *Server) Fail(operation string, n, status int, body string) {
	media := "application/json; charset=utf-8"
	if strings.HasPrefix(body, "<") {
		media = "text/html"
	}
	s.Intercept(operation, n, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a client that went away is no failure of ours
	})
}

// Intercept hands the next n requests of an operation to call, before anything
// is checked; "" stands for any operation. It may answer in the simulator's
// place, wait and then pass the request on to next, or cut the connection with
// panic([http.ErrAbortHandler]); it must return when the request's context ends.
// What it writes is not checked. Faults of one operation take turns in the order
// in which they were given. Intercept panics for an operation that does not
// exist and for n below 1.
func (s *Server) Intercept(operation string, n int, call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	s.engine.Intercept(operation, n, simulator.Interceptor(call))
}
