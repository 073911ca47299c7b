package simulator

import "net/http"

// Handler answers the requests of one operation. An engine runs one Handler at a
// time, so that Handlers share state without locks of their own; none may wait.
type Handler func(*Request) Answer

// Manner is how a product speaks where its document is silent.
type Manner interface {
	// Authorize turns a caller away with an Answer, or lets it in with nil,
	// noting who it is in [Request.Identity]. The body is not yet read. It runs
	// alone, as a [Handler] does.
	Authorize(*Request) *Answer
	// NoRoute answers a request that no operation takes.
	NoRoute(*http.Request) Answer
	// Invalid answers a request that breaks the document; the list has at least
	// one entry.
	Invalid(*Request, []Violation) Answer
	// Empty is the success of an operation for which the document gives no
	// content.
	Empty(r *Request, status int) Answer
	// NotFound answers a request for an object that does not exist; the id is
	// what the path calls it.
	NotFound(r *Request, id string) Answer
	// Duplicate answers a request that gives an object the name of another.
	Duplicate(r *Request) Answer
}

// Config is what an [Engine] is made of. Document and Manner are required.
type Config struct {
	Document *Document
	Manner   Manner
	// Handlers answer by operationId; an operation without one is answered with
	// a sample.
	Handlers map[string]Handler
	// Serves says whether this release has an operation; one that it has not is
	// answered by NoRoute. nil is all of them.
	Serves func(*Operation) bool
	// FoldCase routes without regard to the case of a path's fixed parts.
	FoldCase bool
	// Undocumented answers routes that the product has and the document has not,
	// by method and path template ("GET /things/{uid}/secret"). Parameters and
	// body are not checked.
	Undocumented map[string]Handler
	// Filters are query parameters that the product takes and the document does
	// not have, by operationId. They are not checked.
	Filters map[string][]string
	// IgnoreUnknown lets query parameters and members of bodies pass that the
	// document does not have. The journal names them all the same.
	IgnoreUnknown bool
	// Forms names the operations that take a form as well as JSON.
	Forms []string
	// Sizes names the members of bodies that are a number of bytes and may be given
	// in words too, as "10GB" (thousands) or "1.5TiB" (1024s).
	Sizes []string
	// Sampler makes the samples.
	Sampler Sampler
	// Clock is the engine's time; nil is a new one.
	Clock *Clock
	// Pages serves what is no part of the API, before anything is checked; nil
	// is nothing.
	Pages *http.ServeMux
	// EndToken ends the access token that a request carries, for
	// [Fault.EndToken]. It runs alone, as a [Handler] does; nil does nothing.
	EndToken func(*http.Request)
	// Observe is told of each request when it has been answered, or its
	// connection was cut; nil is nobody. It is called from many goroutines at
	// once.
	Observe func(Record)
}
