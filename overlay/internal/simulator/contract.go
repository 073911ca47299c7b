package simulator

import (
	"io"
	"net/http"
)

// Contract serves the contract of a product, in JSON and unrepaired, as the vendor
// does.
func Contract(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaJSON)
		_, _ = io.WriteString(w, text) // a client that went away is no failure of ours
	})
}
