package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Engine is the [http.Handler] of a simulator. It is safe for concurrent use.
type Engine struct {
	config       Config
	undocumented routes
	journal      journal
	faults       faults

	state sync.Mutex // held while a Handler runs

	mu       sync.Mutex
	breaches []Breach
}

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
	if config.EndToken == nil {
		config.EndToken = func(*http.Request) {}
	}
	e := &Engine{config: config}
	for route := range config.Undocumented {
		method, path, _ := strings.Cut(route, " ")
		e.undocumented.add(path, &Operation{
			ID: route, Method: method, Path: path, Class: undocumentedClass[method], undocumented: true,
		})
	}
	return e, nil
}

// undocumentedClass is the class of a route that the document does not have, by
// its method; any other is none.
var undocumentedClass = map[string]string{
	http.MethodGet: "safe", http.MethodPut: "idempotent", http.MethodDelete: "idempotent",
}

// find returns the operation that a request is for, nil if the product does not
// have it, and its path values.
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

// ServeHTTP answers one request.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, path := e.find(r)
	record := Record{Method: r.Method, Path: r.URL.EscapedPath(), Endpoint: endpointOf(r), Time: e.config.Clock.Now()}
	if operation != nil {
		record.Operation = operation.ID
	}
	begun := e.journal.begin(record)
	w = &statusWriter{ResponseWriter: w, journal: &e.journal, record: begun}
	if e.config.Observe != nil {
		defer func() { e.config.Observe(e.journal.read(begun)) }()
	}
	if page := e.page(r); page != nil {
		page.ServeHTTP(w, r)
		return
	}
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operation == nil {
			e.send(w, nil, e.config.Manner.NoRoute(r))
			return
		}
		request := &Request{Operation: operation, PathValues: path, Time: e.config.Clock.Now(), HTTP: r}
		e.send(w, operation, e.answer(request, begun))
	})
	if call := e.faults.take(record.Operation, record.Endpoint); call != nil {
		call(w, r, next)
		return
	}
	next.ServeHTTP(w, r)
}

// page is what serves a request outside the API, nil if nothing does.
func (e *Engine) page(r *http.Request) http.Handler {
	if e.config.Pages == nil {
		return nil
	}
	page, pattern := e.config.Pages.Handler(r)
	if pattern == "" {
		return nil
	}
	return page
}

// answer lets a request through the gates (the caller, the parameters, the body)
// to the operation itself.
func (e *Engine) answer(request *Request, record *Record) Answer {
	if refusal := e.authorize(request); refusal != nil {
		return *refusal
	}
	operation := request.Operation
	if operation.undocumented {
		return e.handle(e.config.Undocumented[operation.ID], request)
	}
	query, violations := checkParameters(request.HTTP, operation, request.PathValues, e.config.Filters[operation.ID])
	form := slices.Contains(e.config.Forms, operation.ID)
	body, more := readBody(request.HTTP, operation.body, form, e.config.Sizes)
	if violations = append(violations, more...); len(violations) > 0 {
		e.journal.setViolations(record, violations)
		if violations = e.refused(violations); len(violations) > 0 {
			return e.config.Manner.Invalid(request, violations)
		}
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

// refused are the violations for which a request is turned away.
func (e *Engine) refused(found []Violation) []Violation {
	if !e.config.IgnoreUnknown {
		return found
	}
	return slices.DeleteFunc(found, func(v Violation) bool { return v.Rule == Unknown })
}

func (e *Engine) authorize(request *Request) *Answer {
	e.state.Lock()
	defer e.state.Unlock()
	return e.config.Manner.Authorize(request)
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
	e.state.Lock()
	defer e.state.Unlock()
	return handler(request)
}

// Exclusive runs call while no Handler runs, for whoever reads or changes the
// state from outside.
func (e *Engine) Exclusive(call func()) {
	e.state.Lock()
	defer e.state.Unlock()
	call()
}

// send checks an answer against the document and writes it. The operation is nil
// for a request that none takes.
func (e *Engine) send(w http.ResponseWriter, operation *Operation, answer Answer) {
	payload, rule := encode(answer.Body)
	if rule == "" && operation != nil && !operation.undocumented && !answer.OffDocument {
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
	media := mediaJSON + "; charset=utf-8"
	if _, ok := answer.Body.(Page); ok {
		media = "text/html; charset=utf-8"
	}
	if len(payload) > 0 {
		w.Header().Set("Content-Type", media)
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(payload) // a client that went away is no failure of ours
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
