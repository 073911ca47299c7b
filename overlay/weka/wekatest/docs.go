package wekatest

import (
	"net/http"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
	specs "github.com/hotcold-go/hotcold/specs/weka"
)

// document is the effective document of WEKA's API, loaded once for a process, which
// takes a few tenths of a second.
var document = sync.OnceValues(func() (*simulator.Document, error) {
	return simulator.Load([]byte(specs.Effective()))
})

// mux serves the document where a cluster does, and the pages of the options.
func (s *settings) mux() *http.ServeMux {
	mux := s.Pages()
	mux.Handle("GET /api/v2/docs", simulator.Contract(specs.Contract()))
	return mux
}
