// Package weka embeds the documents of WEKA's REST API. It has no dependencies, so that programs
// whose tests import wekatest do not inherit the libraries that repair a document. The package
// specs reads the other files of this folder.
package weka

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

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

//go:embed releases/*.json releases/effective/*.json
var releases embed.FS

// Releases lists the earlier releases whose contracts were published.
func Releases() []string {
	names, _ := fs.Glob(releases, "releases/*.json") // the pattern is valid
	for i, name := range names {
		names[i] = strings.TrimSuffix(path.Base(name), ".json")
	}
	return names
}

// OfRelease returns the effective document and the contract of one of [Releases]. It panics
// for another.
func OfRelease(release string) (effective, contract string) {
	read := func(folder string) string {
		text, err := releases.ReadFile("releases/" + folder + release + ".json")
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	return read("effective/"), read("")
}
