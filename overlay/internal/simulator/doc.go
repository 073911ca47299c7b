// Package simulator is the engine under the simulators of this module: an HTTP
// server that is driven by an OpenAPI document and knows no product.
//
// An [Engine] routes a request, asks its [Manner] whether the caller may enter,
// checks the request strictly against the document, and answers from a
// registered [Handler] or, where an operation has none, with a sample that fits
// the operation's schema. What it answers is checked against the same document
// before it leaves: an answer that breaks the document becomes a 500 and a
// [Breach] that names the operation and the rule.
//
// "Strictly" means more than the document asks for: an unknown query parameter,
// an unknown member of a body and an integer outside its format are refused,
// although the validator underneath lets the three pass.
//
// A [Store] is state for the collections that the document has: it derives from
// paths, parameters and schemas what can be created, listed, read, updated and
// deleted, and makes the Handlers for it; [Manners] add what the product does
// besides. Handlers run one at a time, so that they share state without locks.
//
// A [Server] puts the engine behind one address or several, each of which can be
// stopped and started. A [Fault] makes requests fail before the engine sees them.
//
// A package for one product supplies the document, the Manner, the Handlers and
// the state, and puts the Engine behind a [Server]:
//
//	document, err := simulator.Load(text)
//	store, err := simulator.NewStore(document, manner, manners)
//	engine, err := simulator.New(simulator.Config{
//		Document: document,
//		Manner:   manner,
//		Handlers: store.Handlers(), // with the product's own laid over them
//	})
//	server, err := simulator.Serve(engine, simulator.Listening{Name: "weka"})
//	defer server.Close()
//
// Everything works inside a testing/synctest bubble if the Server listens in
// memory: the engine reads the time from [time.Now] and starts no timer.
package simulator
