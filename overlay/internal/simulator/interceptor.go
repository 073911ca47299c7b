package simulator

import (
	"net/http"
	"sync"
)

// Interceptor answers a request in the engine's place, or passes it on to next,
// which is the engine. It may write anything, hijack the connection through
// [http.NewResponseController], or panic with [http.ErrAbortHandler] to cut it.
// It must return when the request's context ends.
type Interceptor func(w http.ResponseWriter, r *http.Request, next http.Handler)

// interceptors are queues of Interceptors, one for each operation and one, under
// "", for all of them.
type interceptors struct {
	mu     sync.Mutex
	queues map[string][]*queued
}

type queued struct {
	left int
	call Interceptor
}

func (s *interceptors) add(operation string, n int, call Interceptor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queues == nil {
		s.queues = map[string][]*queued{}
	}
	s.queues[operation] = append(s.queues[operation], &queued{left: n, call: call})
}

// take returns the Interceptor whose turn it is, nil if there is none.
func (s *interceptors) take(operation string) Interceptor {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range []string{operation, ""} {
		queue := s.queues[key]
		if len(queue) == 0 {
			continue
		}
		first := queue[0]
		if first.left--; first.left <= 0 {
			s.queues[key] = queue[1:]
		}
		return first.call
	}
	return nil
}
