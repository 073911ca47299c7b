package ngeneatest

import (
	"net/http"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
	specs "github.com/hotcold-go/hotcold/specs/ngenea"
)

// document is the effective document of the Hub's API, loaded once for a process.
var document = sync.OnceValues(func() (*simulator.Document, error) {
	return simulator.Load([]byte(specs.Effective()))
})

// mux serves the document where a Hub does, and the pages of the options.
func (s *settings) mux() *http.ServeMux {
	contract := simulator.Contract(specs.Contract())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/docs/{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("format") == "openapi" {
			contract.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(docsPage)) // a client that went away is no failure of ours
	})
	mux.HandleFunc("GET /api/docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/api/docs/") // the mux would say 307
		w.WriteHeader(http.StatusMovedPermanently)
	})
	for pattern, page := range s.pages {
		mux.Handle(pattern, page)
	}
	return mux
}

// docsPage is a Swagger UI without the library: it says where the document is.
const docsPage = `<!DOCTYPE html>
<html>
<head><title>Ngenea Hub</title></head>
<body>
<div id="swagger-ui"></div>
<script>
SwaggerUIBundle({url: "/api/docs/?format=openapi", dom_id: "#swagger-ui"})
</script>
</body>
</html>
`
