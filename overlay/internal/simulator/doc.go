// Package simulator is the engine of the simulators: an HTTP server that is driven
// by an OpenAPI document and knows no product.
//
// An [Engine] routes a request, asks its [Policy] whether the caller may do it,
// validates the request against the document, and responds from the operation's
// [Handler] or, where there is none, with a sample that fits the operation's schema.
// Responses are validated too: one that breaks the document is replaced by a 500 and
// recorded as an [InvalidResponse].
//
// Validation is stricter than the document: an unknown query parameter, an unknown
// member of a body and an integer outside its format are rejected.
//
// A [Store] keeps the state of the document's collections: it derives from paths,
// parameters and schemas what can be created, listed, read, updated and deleted, and
// makes the Handlers for it; a [Behavior] adds what the product does besides. Handlers
// run one at a time and share state without locks. [Sessions] issues tokens.
//
// A [Server] puts the engine at one address or several, each of which can be stopped
// and started. A [Fault] makes requests fail before the engine sees them.
//
// The package of a product supplies the document, the Policy, the state, and the Handlers
// that replace those of the Store. [New] makes the engine, [Serve] serves it.
//
// Everything works inside a testing/synctest bubble if the Server listens in memory:
// the engine reads the time from [time.Now] and starts no timer.
package simulator
