// Package specs turns a vendor's published OpenAPI document into the effective document, from
// which the clients are generated and which the simulators check requests and responses
// against. The files are in specs/PRODUCT and are made in one direction:
//
//	published document ──Strip──▶ openapi.json ──Repair──▶ effective.json
//
// [contract.Strip] keeps the contract (paths, methods, names, types, enumerations, required
// members) and drops prose, examples and the vendor's extensions. [Product.Repair] applies the
// actions of the product's overlay and then the general [repair.Steps], whose rules hold
// everywhere. Never edit a file to fix one to its left: add a repair.
//
// Four packages do the work, each of which imports only those before it: document (the tree),
// contract, repair, and inventory (tables and locked names). This package defines a product
// and reads its folder.
//
// The vendor of Ngenea Hub publishes no document, so its contract is ours, from the vendor's
// documentation and from what follows from the Hub's framework. x-provenance says for each
// operation, parameter and member which of the two it is; the generated code says what is
// inferred. [Product.MergeSite] merges a site's own document into the contract.
//
// Documents are untrusted input. A name that could end its place in Go source is an error.
// Nothing is lost silently: what a client cannot use, and what becomes raw JSON, is a line of
// [contract.Stripped].
//
// Maintainers use the command specs/refresh. The packages specs/weka and specs/ngenea embed
// the documents for the simulators. Clients import none of these packages at run time.
package specs
