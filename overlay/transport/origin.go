package transport

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// checkOrigin refuses to send a token anywhere but to the configured origins. The
// URL is not all that counts: a proxy for plain http goes by the Host header, and an
// opaque URL names its own target.
func checkOrigin(request *http.Request, origins []string) error {
	if request.URL.Opaque != "" {
		return fmt.Errorf("%w: a token may not go to an opaque URL", call.ErrInvalidArgument)
	}
	for _, host := range []string{request.URL.Host, cmp.Or(request.Host, request.URL.Host)} {
		if origin := request.URL.Scheme + "://" + host; !slices.Contains(origins, origin) {
			return fmt.Errorf("%w: a token may not go to %s, which is none of the client's addresses", call.ErrInvalidArgument, origin)
		}
	}
	return nil
}
