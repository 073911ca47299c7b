package transport

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/hotcold-go/hotcold/overlay/token"
)

var errClosed = fmt.Errorf("the client is closed: make a new one (%w)", token.ErrClosed)

// Gate ends a client: after Close nothing is sent any more, be it with a token or
// without.
type Gate struct {
	Next   http.RoundTripper
	closed atomic.Bool
}

// Close makes every request to come fail with [token.ErrClosed]. Those under way go
// on.
func (g *Gate) Close() { g.closed.Store(true) }

// RoundTrip implements http.RoundTripper.
func (g *Gate) RoundTrip(request *http.Request) (*http.Response, error) {
	if g.closed.Load() {
		closeBody(request)
		return nil, errClosed
	}
	return g.Next.RoundTrip(request)
}
