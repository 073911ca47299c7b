package simulator

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// journalSize bounds the requests that an engine remembers.
const journalSize = 2048

// Record is one request in the journal. It holds no header, no query and no body,
// hence no secret.
type Record struct {
	// Operation is the operationId, "" if the document has no such route.
	Operation string
	Method    string
	// Path is the escaped path, without the query.
	Path string
	// Status is 0 until the response starts, and if the connection was cut before.
	Status int
	Time   time.Time
	// Endpoint is the index of the endpoint that received it.
	Endpoint int
	// Violations are the rules of the document that the request broke, each with its
	// place. It was rejected for them, except for those that [Config.IgnoreUnknown]
	// accepts.
	Violations []string
}

// Requests returns the last requests, at least a thousand, oldest first.
func (e *Engine) Requests() []Record {
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	all := make([]Record, len(e.journal.entries))
	for i, entry := range e.journal.entries {
		all[i] = *entry
	}
	return all
}

// Count returns the number of requests for an operation, whatever the response; ""
// counts those that matched none. It panics for an operation that does not exist.
func (e *Engine) Count(operation string) int {
	e.mustExist(operation)
	e.journal.mu.Lock()
	defer e.journal.mu.Unlock()
	return e.journal.counts[operation]
}

func (e *Engine) mustExist(operation string) {
	if operation != "" && e.config.Document.Operation(operation) == nil {
		panic(fmt.Sprintf("simulator: the document has no operation %q", operation))
	}
}

// journal keeps the last requests and counts all of them.
type journal struct {
	mu      sync.Mutex
	entries []*Record
	counts  map[string]int
}

// begin adds a request before the response is sent, so that a client which has the
// response finds the request in the journal.
func (j *journal) begin(record Record) *Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == journalSize {
		j.entries = append(j.entries[:0:0], j.entries[journalSize/2:]...)
	}
	j.entries = append(j.entries, &record)
	if j.counts == nil {
		j.counts = map[string]int{}
	}
	j.counts[record.Operation]++
	return &record
}

// update changes an entry, and returns a copy.
func (j *journal) update(entry *Record, change func(*Record)) Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(entry)
	return *entry
}

// statusWriter writes the status to the journal before it sends it.
type statusWriter struct {
	http.ResponseWriter
	journal *journal
	entry   *Record
	started bool
}

// WriteHeader records the final status, not one below 200.
func (w *statusWriter) WriteHeader(status int) {
	if !w.started && status >= http.StatusOK {
		w.started = true
		w.journal.update(w.entry, func(entry *Record) { entry.Status = status })
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implies the status 200, like every [http.ResponseWriter].
func (w *statusWriter) Write(data []byte) (int, error) {
	if !w.started {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap gives http.NewResponseController flushing, hijacking and deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
