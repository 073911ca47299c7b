package simulator

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Interceptor responds to a request in place of the engine, or passes it on to next,
// which is the engine. It may write anything, hijack the connection through
// [http.NewResponseController], or panic with [http.ErrAbortHandler] to cut it. It
// must return when the request's context ends.
type Interceptor = func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Fault makes some requests fail. Times, Chance and AtEndpoint select the requests;
// each of the other methods says what happens to them, and starts the fault. The
// packages of the products export it as a type of theirs.
//
// Faults of one operation apply in the order in which they were started, and before
// those of any operation. They apply before a token or a body is checked.
type Fault struct {
	engine    *Engine
	operation string  // "" is any, and requests that match none
	times     int     // 0 is no limit
	chance    float64 // 0 is always
	endpoint  int     // or anyEndpoint
	call      Interceptor
}

const anyEndpoint = -1

// On begins a fault of an operation; "" is any operation and any route that the document
// does not have. It panics for an operation that does not exist.
func (e *Engine) On(operation string) *Fault {
	e.mustExist(operation)
	return &Fault{engine: e, operation: operation, endpoint: anyEndpoint}
}

// ClearFaults ends all faults, except for requests that one already applies to.
func (e *Engine) ClearFaults() {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.all = nil
}

// Times limits the fault to the next n requests. It panics for n below 1.
func (f *Fault) Times(n int) *Fault {
	if n < 1 {
		panic(fmt.Sprintf("simulator: a fault of %q cannot apply %d times", f.operation, n))
	}
	f.times = n
	return f
}

// Chance makes the fault apply to a request with a probability above 0 and up to 1; it
// panics for any other. The same sequence of requests meets the same faults.
func (f *Fault) Chance(probability float64) *Fault {
	if probability <= 0 || probability > 1 {
		panic(fmt.Sprintf("simulator: the chance of a fault is above 0 and up to 1, not %v", probability))
	}
	f.chance = probability
	return f
}

// AtEndpoint limits the fault to requests to one endpoint, by its index.
func (f *Fault) AtEndpoint(index int) *Fault {
	f.endpoint = index
	return f
}

// Do passes the requests to call. It may respond in place of the simulator, wait and
// then pass the request on to next, or cut the connection with
// panic([http.ErrAbortHandler]); it must return when the request's context ends. What
// it writes is not validated.
func (f *Fault) Do(call func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	started := *f // later calls of f's methods do not change it
	started.call = call
	f.engine.faults.mu.Lock()
	defer f.engine.faults.mu.Unlock()
	f.engine.faults.all = append(f.engine.faults.all, &started)
}

// Respond responds with a status and a body: HTML if it starts with "<", else JSON.
func (f *Fault) Respond(status int, body string) {
	media := mediaJSON + "; charset=utf-8"
	if strings.HasPrefix(body, "<") {
		media = "text/html"
	}
	f.Do(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // fails only if the client is gone
	})
}

// ProxyPage responds with the HTML page of a proxy in front of the product, for a
// status such as 502 or 504.
func (f *Fault) ProxyPage(status int) {
	line := strconv.Itoa(status) + " " + http.StatusText(status)
	f.Respond(status, "<html>\r\n<head><title>"+line+"</title></head>\r\n<body>\r\n<center><h1>"+line+
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

// Delay waits before the request is processed. If the client gives up first, the
// request is not processed.
func (f *Fault) Delay(d time.Duration) {
	f.Do(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// Hang takes the request and never responds, until the client gives up or the
// simulator closes.
func (f *Fault) Hang() {
	f.Do(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body) // net/http notices a client that is gone only after the body
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
}

// Reset cuts the connection before the request is processed.
func (f *Fault) Reset() {
	f.Do(func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) })
}

// LoseResponse processes the request and cuts the connection instead of responding.
func (f *Fault) LoseResponse() {
	f.Do(func(_ http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

// HalveBody processes the request and cuts the connection after half of the response's
// body.
func (f *Fault) HalveBody() {
	f.Do(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		maps.Copy(w.Header(), recorder.Header())
		w.Header().Set("Content-Length", strconv.Itoa(recorder.Body.Len()))
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes()[:recorder.Body.Len()/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
}

// EndToken ends the access token that the request carries, so that the request is
// rejected as one with an expired token; the refresh token stays valid.
func (f *Fault) EndToken() {
	f.Do(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		f.engine.Exclusive(func() { f.engine.config.EndToken(r) })
		next.ServeHTTP(w, r)
	})
}

// faults are those of an engine, in the order in which they were started.
type faults struct {
	mu     sync.Mutex
	all    []*Fault
	random *rand.Rand
}

// take returns the Interceptor for a request, nil if no fault applies.
func (s *faults) take(operation string, endpoint int) Interceptor {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random == nil {
		s.random = rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a fixed seed: the same requests meet the same faults
	}
	for _, name := range slices.Compact([]string{operation, ""}) {
		for i, fault := range s.all {
			if fault.operation != name || fault.endpoint != anyEndpoint && fault.endpoint != endpoint {
				continue
			}
			if fault.chance > 0 && s.random.Float64() >= fault.chance {
				continue
			}
			if fault.times == 1 {
				s.all = slices.Delete(s.all, i, i+1)
			} else if fault.times > 1 {
				fault.times--
			}
			return fault.call
		}
	}
	return nil
}
