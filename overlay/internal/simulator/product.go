package simulator

import (
	"net/http"
	"sync"

	"github.com/hotcold-go/hotcold/specs"
)

// products holds a func() (*Document, error) for each product that was asked for.
var products sync.Map

// Product returns the effective document of a product, "weka" for one, as the
// package specs embeds it. It is loaded once for a process, which takes a few
// tenths of a second.
func Product(name string) (*Document, error) {
	load, _ := products.LoadOrStore(name, sync.OnceValues(func() (*Document, error) {
		text, err := specs.Effective(name)
		if err != nil {
			return nil, err
		}
		return Load(text)
	}))
	return load.(func() (*Document, error))()
}

// Contract serves the contract of a product, unrepaired, as the vendor does.
func Contract(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		text, err := specs.Contract(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", mediaJSON)
		_, _ = w.Write(text) // a client that went away is no failure of ours
	})
}
