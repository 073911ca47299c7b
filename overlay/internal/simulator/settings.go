package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Settings are the options that the simulators of all products have.
type Settings struct {
	// InMemory connects by pipes inside the process, through Transport only.
	InMemory bool
	// Plain speaks http instead of https.
	Plain bool
	// Address is the host:port to listen on, "" for a free port of 127.0.0.1. Further
	// endpoints take the ports that follow, or free ones for port 0.
	Address string
	// Endpoints is the number of addresses; 0 is one.
	Endpoints int

	AccessTTL, RefreshTTL time.Duration // lifetimes of tokens
	Rotation              bool          // a refresh replaces the refresh token
	Transition            time.Duration // of an object from one state to the next
	PageSize              int           // the most items of a page, or the default

	// Observe is called for each request; see [Config.Observe].
	Observe func(Record)

	pages map[string]http.Handler
}

// AddPage serves a page outside the API, at a pattern of [http.ServeMux].
func (s *Settings) AddPage(pattern string, page http.Handler) {
	if s.pages == nil {
		s.pages = map[string]http.Handler{}
	}
	s.pages[pattern] = page
}

// Pages returns a mux with the pages that AddPage added.
func (s *Settings) Pages() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, page := range s.pages {
		mux.Handle(pattern, page)
	}
	return mux
}

// Check returns an error for a value that makes no sense. Tokens of the product live
// minTTL at least; its package is named in the error.
func (s *Settings) Check(pkg string, minTTL time.Duration) error {
	switch {
	case s.AccessTTL < minTTL || s.RefreshTTL < minTTL:
		return fmt.Errorf("%s: tokens live for %v and %v: give %v or more", pkg, s.AccessTTL, s.RefreshTTL, minTTL)
	case s.Transition < 0:
		return fmt.Errorf("%s: the transition time %v is negative", pkg, s.Transition)
	case s.PageSize < 1:
		return fmt.Errorf("%s: a page of %d items: give 1 or more", pkg, s.PageSize)
	case s.Endpoints < 1:
		return fmt.Errorf("%s: %d endpoints: give 1 or more", pkg, s.Endpoints)
	}
	return nil
}

// Contract serves the contract of a product, in JSON and unrepaired, as the vendor
// does.
func Contract(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaJSON)
		_, _ = io.WriteString(w, text) // fails only if the client is gone
	})
}

// Seeds decodes the embedded JSON of a product's first objects, by name; numbers keep
// their literals. It panics for text that is no such object.
func Seeds[T any](text string) (seeds map[string]T) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&seeds); err != nil {
		panic(fmt.Sprintf("simulator: the seeds of a product: %v", err))
	}
	return seeds
}
