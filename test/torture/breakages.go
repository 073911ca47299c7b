package main

import (
	"fmt"
	"slices"
)

// breakage is a way for the network before an endpoint to fail.
type breakage struct {
	name    string
	toxics  []string // of toxiproxy, in JSON
	refuses bool     // nobody listens
	page    bool     // a proxy says 502 in the endpoint's place
	// harmless ones are slow, and no reason to send a call again.
	harmless bool
}

const (
	// discards makes what a connection ends with a reset and no orderly end.
	discards = `{"type":"reset_peer","stream":"downstream","attributes":{"timeout":0}}`

	toTheServer   = "upstream"
	fromTheServer = "downstream"
)

var breakages = []breakage{
	{name: "latency", harmless: true, toxics: []string{
		`{"type":"latency","stream":"downstream","attributes":{"latency":100,"jitter":50}}`,
	}},
	{name: "slow drips", harmless: true, toxics: []string{
		`{"type":"slicer","stream":"downstream","attributes":{"average_size":400,"size_variation":100,"delay":10000}}`,
	}},
	{name: "refused", refuses: true},
	{name: "reset before the request", toxics: []string{
		`{"type":"reset_peer","stream":"upstream","attributes":{"timeout":0}}`,
	}},
	{name: "reset in the request", toxics: []string{cutAfter(toTheServer, 150), discards}},
	{name: "reset after the request", toxics: []string{discards}},
	{name: "end in the header of the answer", toxics: []string{cutAfter(fromTheServer, 40)}},
	{name: "half-sent body", toxics: []string{cutAfter(fromTheServer, 1500)}},
	{name: "black hole for requests", toxics: []string{hole(toTheServer)}},
	{name: "black hole for answers", toxics: []string{hole(fromTheServer)}},
	{name: "502 page", page: true},
}

// cutAfter ends each connection after so many bytes in one direction.
func cutAfter(direction string, bytes int) string {
	return fmt.Sprintf(`{"type":"limit_data","stream":%q,"attributes":{"bytes":%d}}`, direction, bytes)
}

// hole takes whatever goes in one direction, and nothing comes out.
func hole(direction string) string {
	return fmt.Sprintf(`{"type":"timeout","stream":%q,"attributes":{"timeout":0}}`, direction)
}

// named is the breakage of a name.
func named(name string) breakage {
	return breakages[slices.IndexFunc(breakages, func(b breakage) bool { return b.name == name })]
}
