package connect

import (
	"net/netip"
	"net/url"
	"strings"
)

// bracketed writes a bare IPv6 address as URLs want it.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

// isDNSName tells whether resolvers take a host, in lower case, for a name. One whose last
// label is a number some take for an IP address, and everybody in another way.
func isDNSName(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			return false
		}
		if label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return len(host) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// hostOf gives the host in lower case. An IPv6 zone is refused: it has a meaning
// on one machine only, and no certificate names one.
func hostOf(u *url.URL) (host string, ok bool) {
	host = strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), ip.Zone() == ""
	}
	return host, isDNSName(host)
}
