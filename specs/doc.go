// Package specs turns a vendor's published OpenAPI document into the one that
// the clients are generated from and that the simulators obey.
//
// The way is one-directional, and each stop is a file that is committed under
// specs/PRODUCT:
//
//	published document ──Strip──▶ openapi.json ──Repair──▶ effective.json
//
// [Strip] keeps the contract (paths, methods, names, types, enumerations, what
// is required) and drops prose, examples and every extension of the vendor.
// [Repair] applies the product's overlay.yaml, one stated repair after the
// other, and then the general [Steps] of this package, which need no place
// because their rule holds everywhere. Nothing to the right of a file is ever
// edited by hand to mend something to its left.
//
// Maintainers use the command specs/refresh; the simulators read [Effective].
// No client imports this package at run time.
package specs
