// Package specs turns a vendor's published OpenAPI document into the one that
// the clients are generated from and that the simulators obey.
//
// The way is one-directional, and each stop is a file that is committed under
// specs/PRODUCT:
//
//	published document ──Strip──▶ openapi.json ──Repair──▶ effective.json
//
// [contract.Strip] keeps the contract (paths, methods, names, types, enumerations, what
// is required) and drops prose, examples and every extension of the vendor.
// [Product.Repair] applies the product's overlay.yaml, one stated repair after the
// other, and then the general [repair.Steps], which need no place because their rule
// holds everywhere. Nothing to the right of a file is ever edited by hand to mend
// something to its left.
//
// The work is done by four packages, each of which imports those before it: document
// (the tree), contract, repair, inventory (names that are locked). This package says
// what a product is, and is the one place that reads its folder.
//
// Nobody publishes the document of Ngenea Hub, so its contract is ours: what the
// vendor's documentation shows, and what follows from the framework that the Hub is
// built with. Each operation, parameter and member says by x-provenance which of the
// two it is, and what is inferred says so in the generated code. A site's own document
// is laid over it, see [Product.MergeSite].
//
// The document is untrusted input: a name that could leave its place in Go source
// is refused, and so is what would be dropped without a word (a body that is not
// JSON, an extension that nothing reads).
//
// Maintainers use the command specs/refresh. The documents themselves are embedded by
// the packages specs/weka and specs/ngenea, which the simulators import. No client
// imports this package at run time.
package specs
