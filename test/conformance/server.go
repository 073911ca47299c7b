package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// server answers whatever it is told to and keeps what it was asked. It speaks TLS
// on loopback.
type server struct {
	*httptest.Server

	mu       sync.Mutex
	answer   reply
	received []received
}

// received is one request as it came.
type received struct {
	*http.Request // its body is spent
	body          []byte
}

func newServer() *server {
	s := &server{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(s.serve))
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the call fails, which is what is looked at
	}
	s.mu.Lock()
	s.received = append(s.received, received{r, body})
	answer := s.answer
	s.mu.Unlock()
	if len(answer.body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // who does not read it, fails
}

// answerWith sets the answer to all requests from now on.
func (s *server) answerWith(answer reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// taken gives the requests since it was last called.
func (s *server) taken() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.received
	s.received = nil
	return all
}
