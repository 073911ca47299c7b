// Package weka embeds the documents of WEKA's REST API. It has no dependencies, so that programs
// whose tests import wekatest do not inherit the libraries that repair a document. The package
// specs reads the other files of this folder.
package weka

import _ "embed"

//go:embed effective.json
var effective string

//go:embed openapi.json
var contract string

// Effective returns the effective document, OpenAPI 3.0 in JSON: the client is generated from
// it, and the simulator checks requests and responses against it.
func Effective() string { return effective }

// Contract returns the unrepaired contract, which the simulator serves as a cluster serves its
// document.
func Contract() string { return contract }
