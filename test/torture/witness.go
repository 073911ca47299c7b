package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// healthPath is what the SDK probes with.
const healthPath = "/api/v2/healthcheck"

// witness stands in a simulator and sees what reaches it.
type witness struct {
	mu       sync.Mutex
	executed map[string]int // custom events, by their message
	pages    [endpoints]bool
	requests [endpoints]int       // but for probes
	last     [endpoints]time.Time // of those
}

func watch(cluster *wekatest.Server) *witness {
	w := &witness{executed: map[string]int{}}
	for i := range endpoints {
		cluster.On("").AtEndpoint(i).Do(func(out http.ResponseWriter, r *http.Request, next http.Handler) {
			w.see(i, out, r, next)
		})
	}
	return w
}

func (w *witness) see(endpoint int, out http.ResponseWriter, r *http.Request, next http.Handler) {
	if w.arrive(endpoint, r) {
		out.Header().Set("Content-Type", "text/html")
		out.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(out, "<html><body><h1>502 Bad Gateway</h1></body></html>")
		return
	}
	if r.URL.Path != "/api/v2/events/custom" {
		next.ServeHTTP(out, r)
		return
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // half a request: nothing is done
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	answer := &statusKeeper{ResponseWriter: out}
	next.ServeHTTP(answer, r)
	if answer.status == http.StatusOK {
		w.execute(text)
	}
}

// arrive counts a request, and tells whether a proxy is to answer it.
func (w *witness) arrive(endpoint int, r *http.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.URL.Path != healthPath {
		w.requests[endpoint]++
		w.last[endpoint] = time.Now()
	}
	return w.pages[endpoint]
}

func (w *witness) answerPages(endpoint int, on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[endpoint] = on
}

// count is how many requests an endpoint got, and when the last of them came.
func (w *witness) count(endpoint int) (int, time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[endpoint], w.last[endpoint]
}

func (w *witness) execute(text []byte) {
	var event struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(text, &event) // the simulator has taken it
	w.mu.Lock()
	defer w.mu.Unlock()
	w.executed[event.Message]++
}

// executions is how often an event was made.
func (w *witness) executions(message string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.executed[message]
}

// twice counts the events that were made more than once, and forgets them all.
func (w *witness) twice() (events int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.executed {
		if n > 1 {
			events++
		}
	}
	clear(w.executed)
	return events
}

type statusKeeper struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (k *statusKeeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}
