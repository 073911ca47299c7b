package simulator

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Config configures an [Engine]. Document and Policy are required.
type Config struct {
	Document *Document
	Policy   Policy
	// Handlers respond by operationId; an operation without one gets a sample.
	Handlers map[string]Handler
	// Serves reports whether this release has an operation; NoRoute responds for one
	// that it has not. nil serves all.
	Serves func(*Operation) bool
	// FoldCase ignores the case of a path's fixed parts.
	FoldCase bool
	// Undocumented handles routes that the product has and the document has not, by
	// method and path template ("GET /things/{uid}/secret"). Parameters and body are
	// not validated.
	Undocumented map[string]Handler
	// Filters are query parameters that the product takes and the document does not
	// have, by operationId. They are not validated.
	Filters map[string][]string
	// IgnoreUnknown accepts query parameters and members of bodies that the document
	// does not have. The journal still lists them.
	IgnoreUnknown bool
	// Forms names the operations that take a form as well as JSON.
	Forms []string
	// Sizes names the members of bodies that hold a number of bytes and may be given
	// as text too: "10GB" (powers of 1000) or "1.5TiB" (powers of 1024).
	Sizes []string
	// AnyAsText accepts numbers and objects in bodies where the document declares strings.
	AnyAsText bool
	// Sampler makes the samples.
	Sampler Sampler
	// Clock is the engine's time; nil is a new one.
	Clock *Clock
	// Pages serves what is not part of the API, before any check; nil serves nothing.
	Pages *http.ServeMux
	// EndToken ends the access token of a request, for [Fault.EndToken]. Like a
	// [Handler] it runs alone; nil does nothing.
	EndToken func(*http.Request)
	// Observe is called for each request after its response, or after its connection
	// was cut, from many goroutines at once.
	Observe func(Record)
}

// Clock is [time.Now] plus what it was advanced by. The zero Clock is ready; it
// follows the fake time of a testing/synctest bubble.
type Clock struct{ offset atomic.Int64 }

// Now returns the simulator's time, without a monotonic reading.
func (c *Clock) Now() time.Time { return time.Now().Round(0).Add(time.Duration(c.offset.Load())) }

// Advance moves the clock ahead by d.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// Engine is the [http.Handler] of a simulator. It is safe for concurrent use.
type Engine struct {
	config       Config
	undocumented routes
	journal      journal
	faults       faults

	state sync.Mutex // held while a Handler runs

	mu      sync.Mutex
	invalid []InvalidResponse
}

// New returns an engine. It fails for a Config that names an operation which the
// document does not have.
func New(config Config) (*Engine, error) {
	if config.Document == nil || config.Policy == nil {
		return nil, errors.New("simulator: a Config needs a Document and a Policy")
	}
	for _, id := range slices.AppendSeq(slices.Clone(config.Forms), maps.Keys(config.Handlers)) {
		if config.Document.Operation(id) == nil {
			return nil, fmt.Errorf("simulator: the Config names the operation %s, which the document does not have", id)
		}
	}
	if config.Clock == nil {
		config.Clock = new(Clock)
	}
	if config.EndToken == nil {
		config.EndToken = func(*http.Request) {}
	}
	e := &Engine{config: config}
	var undocumented []*Operation
	for route := range config.Undocumented {
		method, path, _ := strings.Cut(route, " ")
		undocumented = append(undocumented, &Operation{
			ID: route, Method: method, Path: path, Class: undocumentedClass[method], undocumented: true,
		})
	}
	e.undocumented = newRoutes(undocumented)
	return e, nil
}

// undocumentedClass is the class of a route that the document does not have.
var undocumentedClass = map[string]string{
	http.MethodGet: "safe", http.MethodPut: "idempotent", http.MethodDelete: "idempotent",
}

// find returns the operation that a request is for, nil if the product does not have
// it, and its path values.
func (e *Engine) find(r *http.Request) (*Operation, map[string]string) {
	document := e.config.Document
	operation, values := document.routes.match(r, document.base, e.config.FoldCase)
	if operation == nil {
		return e.undocumented.match(r, document.base, e.config.FoldCase)
	}
	if e.config.Serves != nil && !e.config.Serves(operation) {
		return nil, nil
	}
	return operation, values
}

// ServeHTTP responds to one request.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, path := e.find(r)
	record := Record{Method: r.Method, Path: r.URL.EscapedPath(), Endpoint: endpointOf(r), Time: e.config.Clock.Now()}
	if operation != nil {
		record.Operation = operation.ID
	}
	entry := e.journal.begin(record)
	w = &statusWriter{ResponseWriter: w, journal: &e.journal, entry: entry}
	if e.config.Observe != nil {
		defer func() { e.config.Observe(e.journal.update(entry, func(*Record) {})) }()
	}
	if e.config.Pages != nil {
		if page, pattern := e.config.Pages.Handler(r); pattern != "" {
			page.ServeHTTP(w, r)
			return
		}
	}
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operation == nil {
			e.send(w, nil, e.config.Policy.NoRoute(r))
			return
		}
		request := &Request{Operation: operation, PathValues: path, Time: e.config.Clock.Now(), HTTP: r}
		e.send(w, operation, e.respond(request, entry))
	})
	if intercept := e.faults.take(record.Operation, record.Endpoint); intercept != nil {
		intercept(w, r, next)
		return
	}
	next.ServeHTTP(w, r)
}

// respond checks the caller, the parameters and the body, in this order, and runs the
// operation.
func (e *Engine) respond(request *Request, entry *Record) Response {
	var rejection *Response
	e.Exclusive(func() { rejection = e.config.Policy.Authorize(request) })
	if rejection != nil {
		return *rejection
	}
	operation := request.Operation
	if operation.undocumented {
		return e.handle(e.config.Undocumented[operation.ID], request)
	}
	query, violations := checkParameters(request.HTTP, operation, request.PathValues, e.config.Filters[operation.ID])
	form := slices.Contains(e.config.Forms, operation.ID)
	body, more := readBody(request.HTTP, operation.body, form, &e.config)
	if violations = append(violations, more...); len(violations) > 0 {
		var texts []string
		for _, violation := range violations {
			texts = append(texts, violation.String())
		}
		e.journal.update(entry, func(entry *Record) { entry.Violations = texts })
		if e.config.IgnoreUnknown {
			violations = slices.DeleteFunc(violations, func(v Violation) bool { return v.Rule == Unknown })
		}
		if len(violations) > 0 {
			return e.config.Policy.Invalid(request, violations)
		}
	}
	request.Query, request.Body = query, body
	if handler := e.config.Handlers[operation.ID]; handler != nil {
		return e.handle(handler, request)
	}
	status, sample, content := e.config.Sampler.Response(operation)
	if !content {
		return e.config.Policy.Empty(request, status)
	}
	return Response{Status: status, Body: sample}
}

// handle records a panic of a handler as an InvalidResponse: net/http would only log
// it.
func (e *Engine) handle(handler Handler, request *Request) (response Response) {
	defer func() {
		if cause := recover(); cause != nil {
			response = e.reject(InvalidResponse{Operation: request.Operation.ID, Problem: fmt.Sprintf("its handler panicked: %v", cause)})
		}
	}()
	e.state.Lock()
	defer e.state.Unlock()
	return handler(request)
}

// Exclusive runs call while no Handler runs. Code outside Handlers reads and changes
// the state in it.
func (e *Engine) Exclusive(call func()) {
	e.state.Lock()
	defer e.state.Unlock()
	call()
}

// send validates a response and writes it. The operation is nil for a request that
// matches none.
func (e *Engine) send(w http.ResponseWriter, operation *Operation, response Response) {
	payload, problem := encode(response.Body)
	if problem == "" && operation != nil && !operation.undocumented && !response.Unchecked {
		problem = checkResponse(operation, response.Status, payload)
	}
	if problem != "" {
		invalid := InvalidResponse{Status: response.Status, Problem: problem}
		if operation != nil {
			invalid.Operation = operation.ID
		}
		response = e.reject(invalid)
		payload, _ = encode(response.Body)
	}
	maps.Copy(w.Header(), response.Header)
	media := mediaJSON + "; charset=utf-8"
	if _, ok := response.Body.(HTML); ok {
		media = "text/html; charset=utf-8"
	}
	if len(payload) > 0 {
		w.Header().Set("Content-Type", media)
	}
	w.WriteHeader(response.Status)
	_, _ = w.Write(payload) // fails only if the client is gone
}

// InvalidResponse is a response of the simulator that broke the document. It is a
// defect of the simulator or of the document, never of the client.
type InvalidResponse struct {
	Operation string
	Status    int
	// Problem says what the document wants and the response does not give.
	Problem string
}

// Error is one line with the operation, the status and the problem.
func (r InvalidResponse) Error() string {
	return fmt.Sprintf("simulator: own response %d to %s breaks the document: %s", r.Status, r.Operation, r.Problem)
}

// maxInvalid bounds the invalid responses that are kept.
const maxInvalid = 100

// reject records an invalid response and returns what the client gets instead.
func (e *Engine) reject(invalid InvalidResponse) Response {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.invalid) < maxInvalid {
		e.invalid = append(e.invalid, invalid)
	}
	return Response{Status: http.StatusInternalServerError, Body: map[string]any{"message": invalid.Error()}, Unchecked: true}
}

// Err joins the first hundred [InvalidResponse] errors; it returns nil if every
// response fitted the document.
func (e *Engine) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]error, len(e.invalid))
	for i, invalid := range e.invalid {
		all[i] = invalid
	}
	return errors.Join(all...)
}

// CloseAfter closes a simulator when the test ends, and fails the test if Err returns
// an error then.
func CloseAfter(t testing.TB, s interface {
	Close()
	Err() error
}) {
	t.Helper()
	t.Cleanup(func() {
		s.Close()
		if err := s.Err(); err != nil {
			t.Error(err)
		}
	})
}
