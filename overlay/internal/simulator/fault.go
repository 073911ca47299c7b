package simulator

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Interceptor answers a request in the engine's place, or passes it on to next,
// which is the engine. It may write anything, hijack the connection through
// [http.NewResponseController], or panic with [http.ErrAbortHandler] to cut it.
// It must return when the request's context ends.
type Interceptor = func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Fault is what goes wrong with some requests. Say which with Times, Chance and
// AtEndpoint, then what with one of the other methods, which starts it. The packages
// of the products give it to consumers as a type of theirs.
//
// Faults of one operation take turns in the order in which they were given, and go
// before those of any operation. They come before a token or a body is checked.
type Fault struct {
	engine    *Engine
	operation string  // "" is any, and none
	times     int     // 0 is without end
	chance    float64 // 0 is always
	endpoint  int     // or anyEndpoint
	call      Interceptor
}

const anyEndpoint = -1

// On begins a fault of an operation, by operationId; "" is any operation, and any
// route that the document does not have. It applies to every request until
// ClearFaults, unless Times or Chance say otherwise. On panics for an operation that
// does not exist: the fault would never apply.
func (e *Engine) On(operation string) *Fault {
	e.mustKnow(operation)
	return &Fault{engine: e, operation: operation, endpoint: anyEndpoint}
}

// ClearFaults ends all faults; what is under way goes on.
func (e *Engine) ClearFaults() { e.faults.clear() }

// Times bounds the fault to the next n requests. It panics for n below 1.
func (f *Fault) Times(n int) *Fault {
	if n < 1 {
		panic(fmt.Sprintf("simulator: a fault of %q that applies %d times would never apply", f.operation, n))
	}
	f.times = n
	return f
}

// Chance makes the fault apply to a request with a probability above 0 and up to
// 1; it panics for any other. The same requests in the same order meet the same
// faults.
func (f *Fault) Chance(probability float64) *Fault {
	if probability <= 0 || probability > 1 {
		panic(fmt.Sprintf("simulator: the chance of a fault is above 0 and up to 1, not %v", probability))
	}
	f.chance = probability
	return f
}

// AtEndpoint bounds the fault to requests that come to one endpoint, by its number
// from 0. One that there is not gets no requests.
func (f *Fault) AtEndpoint(number int) *Fault {
	f.endpoint = number
	return f
}

// Do hands the requests to call. It may answer in the simulator's place, wait and
// then pass the request on to next, or cut the connection with
// panic([http.ErrAbortHandler]); it must return when the request's context ends.
// What it writes is not checked.
func (f *Fault) Do(call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	started := *f // so that what is done to f afterwards does not change it
	started.call = call
	f.engine.faults.add(&started)
}

// Answer answers with a status and a body: HTML if it starts with "<", else JSON.
func (f *Fault) Answer(status int, body string) { f.Do(replies(status, body)) }

// ProxyPage answers with the HTML page that the proxy before a product has for a
// status, 502 or 504.
func (f *Fault) ProxyPage(status int) { f.Do(proxyPage(status)) }

// Delay waits before the request is looked at; with a client that does not wait so
// long, nothing is done.
func (f *Fault) Delay(d time.Duration) { f.Do(delays(d)) }

// Hang takes the request and never answers, until the client goes or the
// simulator closes.
func (f *Fault) Hang() { f.Do(hangs()) }

// Reset cuts the connection before anything is done.
func (f *Fault) Reset() { f.Do(resets()) }

// LoseAnswer does what the request asks and cuts the connection in place of the
// answer.
func (f *Fault) LoseAnswer() { f.Do(losesAnswer()) }

// HalveBody does what the request asks and cuts the connection after half of the
// answer's body.
func (f *Fault) HalveBody() { f.Do(halvesBody()) }

// EndToken ends the access token that the request carries, so that it is answered
// as one that has expired; the refresh token stays good.
func (f *Fault) EndToken() {
	f.Do(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		f.engine.Exclusive(func() { f.engine.config.EndToken(r) })
		next.ServeHTTP(w, r)
	})
}

// faults are those of an engine, in the order in which they were given.
type faults struct {
	mu     sync.Mutex
	all    []*Fault
	chance *rand.Rand
}

func (s *faults) add(fault *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chance == nil {
		s.chance = rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same story meets the same faults
	}
	s.all = append(s.all, fault)
}

// take returns the Interceptor whose turn it is, nil if there is none. A Fault for
// the operation goes before one for any.
func (s *faults) take(operation string, endpoint int) Interceptor {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range []string{operation, ""} {
		for i, fault := range s.all {
			if fault.operation != name || fault.endpoint != anyEndpoint && fault.endpoint != endpoint {
				continue
			}
			if fault.chance > 0 && s.chance.Float64() >= fault.chance {
				continue
			}
			if fault.times == 1 {
				s.all = slices.Delete(s.all, i, i+1)
			} else if fault.times > 1 {
				fault.times--
			}
			return fault.call
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
