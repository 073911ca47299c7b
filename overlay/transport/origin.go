package transport

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

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
		if !slices.ContainsFunc(origins, func(origin string) bool { return isOrigin(origin, request.URL.Scheme, host) }) {
			return fmt.Errorf("%w: a token may not go to %s://%s, which is none of the client's addresses", call.ErrInvalidArgument, request.URL.Scheme, host)
		}
	}
	return nil
}

// isOrigin compares without putting the parts together, since every request passes
// here.
func isOrigin(origin, scheme, host string) bool {
	return len(origin) == len(scheme)+len("://")+len(host) &&
		strings.HasPrefix(origin, scheme) && strings.HasPrefix(origin[len(scheme):], "://") && strings.HasSuffix(origin, host)
}

// origins keeps the texts of origins, since the hooks get one with each attempt.
type origins struct{ known atomic.Pointer[[]string] }

// mostOrigins bounds what a caller who sends everywhere can leave behind.
const mostOrigins = 64

func (o *origins) of(address *url.URL) string {
	var known []string
	if kept := o.known.Load(); kept != nil {
		known = *kept
	}
	for _, origin := range known {
		if isOrigin(origin, address.Scheme, address.Host) {
			return origin
		}
	}
	origin := address.Scheme + "://" + address.Host
	if len(known) < mostOrigins {
		more := append(slices.Clone(known), origin)
		o.known.Store(&more)
	}
	return origin
}
