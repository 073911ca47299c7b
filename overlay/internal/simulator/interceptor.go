package simulator

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// Interceptor answers a request in the engine's place, or passes it on to next,
// which is the engine. It may write anything, hijack the connection through
// [http.NewResponseController], or panic with [http.ErrAbortHandler] to cut it.
// It must return when the request's context ends.
type Interceptor func(w http.ResponseWriter, r *http.Request, next http.Handler)

// AnyEndpoint is the [Fault.Endpoint] of a Fault for all endpoints.
const AnyEndpoint = -1

// Fault says which requests an Interceptor gets.
type Fault struct {
	// Operation is an operationId; "" stands for any operation, and for requests
	// that have none.
	Operation string
	// Times is how many requests the Fault applies to; 0 is without end.
	Times int
	// Chance is how likely it applies to a request, above 0 and up to 1; 0 means 1.
	Chance float64
	// Endpoint is the number of an endpoint, or AnyEndpoint.
	Endpoint int
	Call     Interceptor
}

func (r Fault) check() error {
	switch {
	case r.Call == nil:
		return errors.New("simulator: a fault without an interceptor does nothing")
	case r.Times < 0:
		return errors.New("simulator: a fault cannot apply fewer times than never")
	case r.Chance < 0 || r.Chance > 1:
		return errors.New("simulator: the chance of a fault is between 0 and 1")
	}
	return nil
}

// faults are the Faults of an engine, in the order in which they were given.
type faults struct {
	mu     sync.Mutex
	all    []*Fault
	chance *rand.Rand
}

func (s *faults) add(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chance == nil {
		s.chance = rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same story meets the same faults
	}
	s.all = append(s.all, &fault)
}

// take returns the Interceptor whose turn it is, nil if there is none. A Fault for
// the operation goes before one for any.
func (s *faults) take(operation string, endpoint int) Interceptor {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{operation, ""} {
		for i, fault := range s.all {
			if fault.Operation != name || fault.Endpoint != AnyEndpoint && fault.Endpoint != endpoint {
				continue
			}
			if fault.Chance > 0 && s.chance.Float64() >= fault.Chance {
				continue
			}
			if fault.Times == 1 {
				s.all = slices.Delete(s.all, i, i+1)
			} else if fault.Times > 1 {
				fault.Times--
			}
			return fault.Call
		}
		if operation == "" {
			break // the two names are one
		}
	}
	return nil
}

func (s *faults) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
}

// ClearFaults ends all Faults.
func (e *Engine) ClearFaults() { e.faults.clear() }
