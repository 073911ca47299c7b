package weka

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const healthPath = "/healthcheck" // GET without a token returns "ok"

// newEndpoints returns nil for a client of one backend.
func newEndpoints(s *connect.Settings, c *Client) *transport.Endpoints {
	if len(c.wire.Addresses) == 1 && !s.Discovery {
		return nil
	}
	config := transport.EndpointsConfig{
		Origins:    c.wire.Origins(),
		Wire:       c.wire,
		HealthPath: product.BasePath + healthPath,
		Rejects:    rejectsCredentials,
		Login:      wekaapi.OpLogin,
		Changed:    s.Hooks().EndpointChanged,
	}
	if s.Discovery {
		config.Discover = func(ctx context.Context) ([]string, error) {
			containers, err := c.ListContainers(ctx)
			if err != nil {
				return nil, err
			}
			return reachable(s, c.wire, containers), nil
		}
	}
	return transport.NewEndpoints(config)
}

// rejectsCredentials reports whether a backend rejects the credentials of a request, for a
// reason that another may not have: with a 401, or with a 403 that is not JSON. With JSON it
// is about permission or a lockout, which every login prolongs.
func rejectsCredentials(response *http.Response) bool {
	return response.StatusCode == http.StatusUnauthorized ||
		response.StatusCode == http.StatusForbidden && !json.Valid(transport.Peek(response))
}

// reachable returns the addresses of backends that the client may send to, and makes the
// wire check their certificates.
func reachable(s *connect.Settings, wire *connect.Wire, containers []wekaapi.Container) (origins []string) {
	var hosts []string
	for i := range containers {
		address := managementAddress(&containers[i], wire.Addresses[0].Scheme)
		if address != nil && s.Permits(address) {
			hosts = append(hosts, address.Host)
			origins = append(origins, connect.Origin(address))
		}
	}
	wire.Found(hosts)
	return origins
}

// managementAddress returns nil for a container of a client and for one without a valid IP
// address. Clusters have not been seen to return names.
func managementAddress(container *wekaapi.Container, scheme string) *url.URL {
	if container.Mode != "backend" || container.MgmtPort < 0 || container.MgmtPort > 65535 {
		return nil
	}
	port := product.Port
	if container.MgmtPort > 0 {
		port = strconv.FormatInt(container.MgmtPort, 10)
	}
	for _, text := range append([]string{container.ContainerIP}, container.IPs...) {
		if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" && !ip.IsUnspecified() {
			return &url.URL{Scheme: scheme, Host: net.JoinHostPort(ip.String(), port)}
		}
	}
	return nil
}
