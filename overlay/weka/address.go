package weka

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

const (
	defaultPort = "14000"   // every backend serves the API there
	basePath    = "/api/v2" // below which the paths of all operations lie
)

// parseAddress reads what a caller wrote: a host, host:port or URL. No scheme
// means https, no port 14000.
func parseAddress(address string) (*url.URL, error) {
	text := strings.TrimSpace(address)
	if text == "" {
		return nil, invalidOption("the address is empty: give a host such as weka01 or https://weka01:14000, or FromEnv()")
	}
	if strings.Contains(text, ",") {
		return nil, invalidOption("several addresses (%q) are not supported yet: give one", address)
	}
	if !strings.Contains(text, "://") {
		text = "https://" + bracketed(text)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, invalidOption("the address %q is not a host or URL", withoutUser(address))
	}
	if err := checkAddress(u); err != nil {
		return nil, err
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	return &url.URL{Scheme: strings.ToLower(u.Scheme), Host: net.JoinHostPort(strings.ToLower(u.Hostname()), port), Path: basePath}, nil
}

// bracketed writes a bare IPv6 address as URLs want it.
func bracketed(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return "[" + host + "]"
	}
	return host
}

func checkAddress(u *url.URL) error {
	switch scheme := strings.ToLower(u.Scheme); {
	case scheme != "https" && scheme != "http":
		return invalidOption("the address has the scheme %q: only https and http are spoken", u.Scheme)
	case u.User != nil:
		return invalidOption("the address carries a user: give credentials with WithPassword instead")
	case !validHost(u.Hostname()):
		return invalidOption("the address has no valid host name (%q)", u.Hostname())
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return invalidOption("the address of %s has a query or fragment: give scheme, host and port only", u.Hostname())
	}
	if path := strings.TrimSuffix(u.Path, "/"); path != "" && path != basePath {
		return invalidOption("the address has the path %q: give scheme, host and port only", u.Path)
	}
	if port := u.Port(); port != "" || strings.HasSuffix(u.Host, ":") {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return invalidOption("the address has the port %q: a port is a number from 1 to 65535", port)
		}
	}
	return nil
}

func validHost(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for _, r := range host {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_' {
			return false
		}
	}
	return true
}

// withoutUser keeps what might be a password out of an error.
func withoutUser(address string) string {
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		return address[at+1:]
	}
	return address
}

// isLoopback tells an address that never leaves this machine.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost"
}

func invalidOption(format string, arguments ...any) error {
	return fmt.Errorf("weka.New: %w: "+format, append([]any{ErrInvalidArgument}, arguments...)...)
}
