package weka

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/transport"
)

const healthPath = "/healthcheck" // GET without a token returns "ok"

// newEndpoints returns nil for a client of one backend.
func newEndpoints(s *connect.Settings, c *Client, addresses []*url.URL) *transport.Endpoints {
	if len(addresses) == 1 && !s.Discovery {
		return nil
	}
	config := transport.EndpointsConfig{
		Origins:    c.origins,
		Wire:       c.wire,
		HealthPath: product.BasePath + healthPath,
		Changed:    s.Hooks().EndpointChanged,
	}
	if s.Discovery {
		config.Discover = func(ctx context.Context) ([]string, error) {
			found, err := c.backends(ctx)
			if err != nil {
				return nil, err
			}
			return reachable(s, c.wire, addresses[0].Scheme, found), nil
		}
	}
	return transport.NewEndpoints(config)
}

// backend is the management address of a container, which may also be one of a client.
type backend struct {
	mode string
	ips  []string // the first valid one is used
	port int64
}

func (c *Client) backends(ctx context.Context) ([]backend, error) {
	containers, err := c.ListContainers(ctx)
	var found []backend
	for _, one := range containers {
		found = append(found, backend{one.Mode, append([]string{one.ContainerIP}, one.IPs...), one.MgmtPort})
	}
	return found, err
}

// reachable returns the addresses that the client may send to, and makes the wire check
// their certificates.
func reachable(s *connect.Settings, wire *connect.Wire, scheme string, found []backend) (origins []string) {
	var hosts []string
	for _, one := range found {
		address, ok := one.address(scheme)
		if ok && s.Permits(address) {
			hosts = append(hosts, address.Host)
			origins = append(origins, connect.Origin(address))
		}
	}
	wire.Found(hosts)
	return origins
}

// address accepts no names: clusters have only been seen to return IP addresses.
func (b backend) address(scheme string) (address *url.URL, ok bool) {
	if b.mode != "backend" || b.port < 0 || b.port > 65535 {
		return nil, false
	}
	port := product.Port
	if b.port > 0 {
		port = strconv.FormatInt(b.port, 10)
	}
	for _, text := range b.ips {
		if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" && !ip.IsUnspecified() {
			return &url.URL{Scheme: scheme, Host: net.JoinHostPort(ip.String(), port)}, true
		}
	}
	return nil, false
}
