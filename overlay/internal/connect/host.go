package connect

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// bracketed writes a bare IPv6 address as URLs want it.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

var (
	dnsName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$`)

	// almostIP is what some resolvers read as an IP address, and everybody in
	// another way.
	almostIP = regexp.MustCompile(`(^|\.)[0-9]+\.?$`)
)

// hostOf gives the host in lower case. An IPv6 zone is refused: it has a meaning
// on one machine only, and no certificate names one.
func hostOf(u *url.URL) (host string, ok bool) {
	host = strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), ip.Zone() == ""
	}
	return host, len(host) <= 253 && dnsName.MatchString(host) && !almostIP.MatchString(host)
}
