// Package ngenea embeds the documents of Ngenea Hub's REST API, and nothing that makes
// or repairs them: a program whose tests import ngeneatest gets no library for that.
// The other files of this folder are read by the package specs.
package ngenea

import _ "embed" // for the documents below

//go:embed effective.json
var effective string

//go:embed openapi.json
var contract string

// Effective is the document that the client is generated from and that the simulator
// checks requests and answers against: JSON, OpenAPI 3.0.
func Effective() string { return effective }

// Contract is the document unrepaired: what the simulator serves where a Hub serves
// its own.
func Contract() string { return contract }
