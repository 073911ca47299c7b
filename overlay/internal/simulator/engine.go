package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
)

// Handler answers the requests of one operation. It may be called from many
// goroutines at once.
type Handler func(*Request) Answer

// Manner is how a product speaks where its document is silent.
type Manner interface {
	// Authorize turns a caller away with an Answer, or lets it in with nil,
	// noting who it is in [Request.Identity]. The body is not yet read.
	Authorize(*Request) *Answer
	// NoRoute answers a request that no operation takes.
	NoRoute(*http.Request) Answer
	// Invalid answers a request that breaks the document; the list has at least
	// one entry.
	Invalid(*Request, []Violation) Answer
	// Empty is the success of an operation for which the document gives no
	// content.
	Empty(r *Request, status int) Answer
}

// Config is what an [Engine] is made of. Document and Manner are required.
type Config struct {
	Document *Document
	Manner   Manner
	// Handlers answer by operationId; an operation without one is answered with
	// a sample.
	Handlers map[string]Handler
	// Forms names the operations that take a form as well as JSON.
	Forms []string
	// Sampler makes the samples.
	Sampler Sampler
	// Clock is the engine's time; nil is a new one.
	Clock *Clock
}

// Engine is the [http.Handler] of a simulator. It is safe for concurrent use.
type Engine struct {
	config       Config
	journal      journal
	interceptors interceptors

	mu       sync.Mutex
	breaches []Breach
}

// maxBreaches bounds the breaches that are kept; one is already a defect.
const maxBreaches = 100

// New returns an engine, or an error for a Config that names an operation which
// the document does not have.
func New(config Config) (*Engine, error) {
	if config.Document == nil || config.Manner == nil {
		return nil, errors.New("simulator: a Config needs a Document and a Manner")
	}
	for id := range config.Handlers {
		if config.Document.Operation(id) == nil {
			return nil, fmt.Errorf("simulator: a handler is for %s, which the document does not have", id)
		}
	}
	for _, id := range config.Forms {
		if config.Document.Operation(id) == nil {
			return nil, fmt.Errorf("simulator: a form is for %s, which the document does not have", id)
		}
	}
	if config.Clock == nil {
		config.Clock = new(Clock)
	}
	return &Engine{config: config}, nil
}

// ServeHTTP answers one request.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, path := e.config.Document.find(r)
	record := Record{Method: r.Method, Path: r.URL.EscapedPath(), Time: e.config.Clock.Now()}
	if operation != nil {
		record.Operation = operation.ID
	}
	w = &statusWriter{ResponseWriter: w, journal: &e.journal, record: e.journal.begin(record)}
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operation == nil {
			e.send(w, nil, e.config.Manner.NoRoute(r))
			return
		}
		request := &Request{Operation: operation, PathValues: path, Time: e.config.Clock.Now(), HTTP: r}
		e.send(w, operation, e.answer(request))
	})
	if call := e.interceptors.take(record.Operation); call != nil {
		call(w, r, next)
		return
	}
	next.ServeHTTP(w, r)
}

// answer lets a request through the gates (the caller, the parameters, the body)
// to the operation itself.
func (e *Engine) answer(request *Request) Answer {
	if refusal := e.config.Manner.Authorize(request); refusal != nil {
		return *refusal
	}
	operation := request.Operation
	query, violations := checkParameters(request.HTTP, operation, request.PathValues)
	form := slices.Contains(e.config.Forms, operation.ID)
	body, more := readBody(request.HTTP, operation.body, form)
	if violations = append(violations, more...); len(violations) > 0 {
		return e.config.Manner.Invalid(request, violations)
	}
	request.Query, request.Body = query, body
	if handler := e.config.Handlers[operation.ID]; handler != nil {
		return e.handle(handler, request)
	}
	status, sample, content := e.config.Sampler.Answer(operation)
	if !content {
		return e.config.Manner.Empty(request, status)
	}
	return Answer{Status: status, Body: sample}
}

// handle turns a panic of a handler into a breach: in a server's log nobody
// would see it.
func (e *Engine) handle(handler Handler, request *Request) (answer Answer) {
	defer func() {
		if cause := recover(); cause != nil {
			breach := Breach{Operation: request.Operation.ID, Rule: fmt.Sprintf("its handler panicked: %v", cause)}
			answer = e.broken(breach)
		}
	}()
	return handler(request)
}

// broken keeps a breach and returns what the client gets in its place.
func (e *Engine) broken(breach Breach) Answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.breaches) < maxBreaches {
		e.breaches = append(e.breaches, breach)
	}
	return Answer{
		Status:      http.StatusInternalServerError,
		Body:        map[string]any{"message": breach.Error()},
		OffDocument: true,
	}
}

// send checks an answer against the document and writes it. The operation is nil
// for a request that none takes.
func (e *Engine) send(w http.ResponseWriter, operation *Operation, answer Answer) {
	payload, rule := encode(answer.Body)
	if rule == "" && operation != nil && !answer.OffDocument {
		rule = checkAnswer(operation, answer.Status, payload)
	}
	if rule != "" {
		breach := Breach{Status: answer.Status, Rule: rule}
		if operation != nil {
			breach.Operation = operation.ID
		}
		answer = e.broken(breach)
		payload, _ = encode(answer.Body)
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	if len(payload) > 0 {
		w.Header().Set("Content-Type", mediaJSON+"; charset=utf-8")
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(payload) // a client that went away is no failure of ours
}

// Breaches lists the answers of the simulator's own that broke the document, at
// most the first hundred.
func (e *Engine) Breaches() []Breach {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.breaches)
}

// Intercept hands the next n requests of an operation to call; "" stands for
// any operation, and for requests that have none. Interceptors of one operation
// take turns in the order in which they were given. An unknown operation or n
// below 1 is a mistake in the test that calls it: Intercept panics, for the
// interceptor would never be called.
func (e *Engine) Intercept(operation string, n int, call Interceptor) {
	e.mustKnow(operation)
	if n < 1 {
		panic(fmt.Sprintf("simulator: intercept %d requests of %q: want at least 1", n, operation))
	}
	e.interceptors.add(operation, n, call)
}

// Requests lists the last thousand requests or more, oldest first.
func (e *Engine) Requests() []Record { return e.journal.list() }

// Count is the number of requests that came for an operation, however they were
// answered; "" counts those that no operation takes. An unknown operation
// panics, for its count would be 0 for ever.
func (e *Engine) Count(operation string) int {
	e.mustKnow(operation)
	return e.journal.count(operation)
}

func (e *Engine) mustKnow(operation string) {
	if operation != "" && e.config.Document.Operation(operation) == nil {
		panic(fmt.Sprintf("simulator: the document has no operation %q", operation))
	}
}
