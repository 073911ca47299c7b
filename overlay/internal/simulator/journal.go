package simulator

import (
	"net/http"
	"sync"
	"time"
)

// journalSize bounds the requests that an engine remembers.
const journalSize = 2048

// Record is what is remembered of one request. It holds no header, no query and
// no body, so it holds no secret.
type Record struct {
	// Operation is the operationId, "" if the document has no such route.
	Operation string
	Method    string
	// Path is the escaped path, without the query.
	Path string
	// Status is 0 until the answer starts, and for a connection that was cut
	// before it did.
	Status int
	Time   time.Time
	// Endpoint is the number of the endpoint that it came to, from 0.
	Endpoint int
	// Violations are the rules of the document that it broke, each with the
	// place; a request that has some was refused for them, but for those that
	// [Config.IgnoreUnknown] let pass.
	Violations []string
}

// journal keeps the last requests and counts them all.
type journal struct {
	mu      sync.Mutex
	records []*Record
	counts  map[string]int
}

// begin remembers a request before it is answered, so that whoever has the
// answer finds the request in the journal.
func (j *journal) begin(record Record) *Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.records) == journalSize {
		j.records = append(j.records[:0:0], j.records[journalSize/2:]...)
	}
	j.records = append(j.records, &record)
	if j.counts == nil {
		j.counts = map[string]int{}
	}
	j.counts[record.Operation]++
	return &record
}

func (j *journal) setStatus(record *Record, status int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	record.Status = status
}

func (j *journal) setViolations(record *Record, found []Violation) {
	texts := make([]string, len(found))
	for i, violation := range found {
		texts[i] = violation.String()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	record.Violations = texts
}

func (j *journal) read(record *Record) Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return *record
}

func (j *journal) list() []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Record, len(j.records))
	for i, record := range j.records {
		all[i] = *record
	}
	return all
}

func (j *journal) count(operation string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.counts[operation]
}

// statusWriter notes the status in the journal before it goes out.
type statusWriter struct {
	http.ResponseWriter
	journal *journal
	record  *Record
	started bool
}

// WriteHeader notes the final status; those before 200 only announce it.
func (w *statusWriter) WriteHeader(status int) {
	if !w.started && status >= http.StatusOK {
		w.started = true
		w.journal.setStatus(w.record, status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implies the status 200, as that of every [http.ResponseWriter].
func (w *statusWriter) Write(data []byte) (int, error) {
	if !w.started {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(data)
}

// Unwrap lets http.NewResponseController reach flushing, hijacking and deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
